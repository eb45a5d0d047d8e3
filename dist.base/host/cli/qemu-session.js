import { runQemu } from "../emulators/qemu/qemu-run.js";
import { SerialLog } from "./boot-checks.js";
import { bootCounters } from "./boot-counters.js";
import { BootListener } from "./boot-events.js";
import { TraceFile } from "./boot-trace.js";
import { ConsoleWatch } from "./console-watch.js";
/**
 * Runs a guest in QEMU.
 * @throws as `runQemu`, and UsageError if the trace cannot be written.
 */
export async function runQemuSession(options, { show, told }) {
    const { traceFile, expectedText, unit, ...run } = options;
    const trace = traceFile === undefined ? undefined : new TraceFile(traceFile);
    const listener = new BootListener();
    const log = new SerialLog();
    const watch = new ConsoleWatch(expectedText);
    let machine;
    let wallMs = 0;
    try {
        const ending = await runQemu({ ...run, unit: { ...unit, trace: trace !== undefined } }, {
            serving: (server) => {
                machine = server;
                const { iommu } = server;
                listener.attached({
                    iommu,
                    onLostInterrupt: (lost) => server.on("lostInterrupt", (message) => {
                        lost(message, "not taken");
                    }),
                });
                trace?.attached({ iommu });
                wallMs = -performance.now();
            },
            console: (bytes) => {
                show(bytes);
                for (const byte of bytes)
                    if (log.add(byte))
                        listener.line();
                return watch.add(bytes);
            },
            told,
        });
        wallMs += performance.now();
        log.end();
        if (machine === undefined)
            throw new Error("a run has ended that never began");
        return {
            ...judged(ending, log.checks, watch),
            wallMs,
            unit,
            capabilities: machine.iommu.capabilities,
            checks: log.checks,
            counters: bootCounters(machine),
            events: listener.events,
        };
    }
    finally {
        trace?.close();
    }
}
/**
 * A guest that ends in order has passed if its kernel had no complaint, it wrote what was expected, and no
 * check failed.
 */
function judged(ending, checks, watch) {
    if (ending.kind === "crash" || ending.kind === "timeout") {
        const said = watch.panic ?? watch.complaint;
        return { verdict: ending.kind, reason: `${ending.reason}${said ? ` (${said})` : ""}` };
    }
    if (watch.complaint !== undefined) {
        return { verdict: "fail", reason: `the kernel complained: ${watch.complaint}` };
    }
    const failed = checks.filter(({ ok }) => !ok).length;
    if (failed > 0)
        return { verdict: "fail", reason: `${failed} checks failed` };
    if (!watch.satisfied) {
        const text = JSON.stringify(watch.expected);
        return { verdict: "fail", reason: `the guest turned off, and never wrote ${text}` };
    }
    return { verdict: "pass" };
}
