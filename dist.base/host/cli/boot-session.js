import { SerialLog } from "./boot-checks.js";
import { bootCounters } from "./boot-counters.js";
import { BootListener } from "./boot-events.js";
import { TraceFile } from "./boot-trace.js";
import { SerialWriter } from "./serial-writer.js";
import { runGuest } from "./guest-run.js";
/** Boots an image and writes its serial output to `show` as it comes. */
export async function bootImage(options, show) {
    const trace = options.traceFile === undefined ? undefined : new TraceFile(options.traceFile);
    try {
        return await bootWith(options, show, trace);
    }
    finally {
        trace?.close();
    }
}
async function bootWith(options, show, trace) {
    const listener = new BootListener();
    const log = new SerialLog();
    const writer = new SerialWriter(show);
    const { attachment, outcome } = await runGuest({ ...options, trace: trace !== undefined }, {
        serial: (byte) => {
            writer.add(byte);
            if (log.add(byte))
                listener.line();
        },
        attached: (attached) => {
            listener.attached(attached);
            trace?.attached(attached);
        },
    });
    log.end();
    writer.flush();
    return {
        ...judged(outcome, log.checks),
        image: options.name,
        seed: options.seed,
        unit: options.unit,
        capabilities: attachment.iommu.capabilities,
        checks: log.checks,
        counters: bootCounters(attachment),
        events: listener.events,
    };
}
/** A guest that says that all went well, and printed a check that failed, has failed. */
function judged(outcome, checks) {
    const failed = checks.filter(({ ok }) => !ok).length;
    if (outcome.verdict !== "pass" || failed === 0)
        return outcome;
    return { ...outcome, verdict: "fail", reason: `${failed} checks failed` };
}
