const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
/** What is under way and ends in order when it is asked to. */
const underWay = new Set();
/**
 * Nobody reads any more what this process writes. Answers whether work is under way, which then ends in order;
 * otherwise the process may end at once.
 */
export function outputClosed() {
    for (const stop of [...underWay])
        stop(new OutputClosed("nobody reads the output any more"));
    return underWay.size > 0;
}
class OutputClosed extends Error {
    name = "OutputClosed";
}
/** Does work that a signal asks to end: the work is aborted, and ends as it likes. */
export async function stoppedBySignals(work, received = () => undefined) {
    const controller = new AbortController();
    const stop = (why, what) => {
        if (!controller.signal.aborted)
            received(what);
        controller.abort(why);
    };
    const onSignal = (signal) => {
        stop(new Error(`interrupted by ${signal}`), signal);
    };
    const onClosed = (why) => {
        stop(why, why);
    };
    for (const signal of SIGNALS)
        process.on(signal, onSignal);
    underWay.add(onClosed);
    try {
        return await work(controller.signal);
    }
    finally {
        for (const signal of SIGNALS)
            process.off(signal, onSignal);
        underWay.delete(onClosed);
    }
}
/**
 * Does work that leaves things behind if the process just ends: at a signal the work is aborted, and once it
 * has cleaned up the process ends by that signal after all; with 0 if nobody reads its output.
 */
export async function endedBySignals(work) {
    let last;
    try {
        return await stoppedBySignals(work, (what) => (last = what));
    }
    finally {
        if (last instanceof OutputClosed)
            process.exit(0);
        if (last !== undefined)
            process.kill(process.pid, last);
    }
}
