import { V86 } from "v86";
import { attachIommu, prepareV86, } from "../emulators/v86/index.js";
import { UsageError } from "./exit-code.js";
const MIB = 2 ** 20;
/** A guest that sleeps so long without one instruction will not wake up. */
const ASLEEP_MS = 2000;
const LOOK_EVERY_MS = 100;
/**
 * Boots the image in v86 with a unit attached, until it ends, hangs, crashes or reaches the time
 * limit. The emulator is gone afterwards; unit and endpoints can still be asked.
 */
export async function runGuest(options, watcher) {
    const emulator = new V86(prepareV86({
        multiboot: { buffer: options.image },
        cmdline: `seed=${options.seed}`,
        memory_size: options.memoryMib * MIB,
        vga_memory_size: MIB,
        ...(options.disk !== undefined && { hda: { buffer: options.disk } }),
        disable_jit: !options.jit,
    }));
    emulator.add_listener("serial0-output-byte", (byte) => {
        watcher.serial(byte);
    });
    const { unit, trace, endpoints, interruptRemapping } = options;
    const machine = {
        ...unit,
        trace,
        ...(endpoints !== undefined && { endpoints }),
        ...(interruptRemapping !== undefined && { interruptRemapping }),
    };
    const attachment = await attachIommu(emulator, machine).catch(asUsage);
    watcher.attached(attachment);
    const watch = watchTime(emulator, options.timeLimitSeconds);
    try {
        const start = performance.now();
        await emulator.run();
        const ended = await Promise.race([endingOf(attachment), watch.outcome]);
        return { attachment, outcome: { ...ended, wallMs: performance.now() - start } };
    }
    finally {
        watch.stop();
        await attachment.destroy();
    }
}
/** Before anything runs, a value out of range is one of the command line. */
function asUsage(error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
}
async function endingOf(attachment) {
    const ending = await attachment.ending;
    if (ending.kind !== "exit")
        return { verdict: ending.kind, reason: ending.reason };
    if (ending.code === 0)
        return { verdict: "pass" };
    return { verdict: "fail", reason: `the guest wrote ${ending.code} to the debug-exit port` };
}
/** Ends a run at the time limit, or when the guest sleeps and nothing wakes it. */
function watchTime(emulator, limitSeconds) {
    let settle;
    const outcome = new Promise((resolve) => {
        settle = resolve;
    });
    const limit = setTimeout(() => {
        settle({ verdict: "timeout", reason: `the time limit of ${limitSeconds} s was reached` });
    }, limitSeconds * 1000);
    let executed = -1;
    let since = performance.now();
    const look = setInterval(() => {
        const now = emulator.get_instruction_counter();
        if (now !== executed)
            since = performance.now();
        executed = now;
        if (performance.now() - since >= ASLEEP_MS) {
            settle({
                verdict: "hang",
                reason: `the CPU halted, and nothing has woken it for ${ASLEEP_MS / 1000} s`,
            });
        }
    }, LOOK_EVERY_MS);
    return {
        outcome,
        stop: () => {
            clearTimeout(limit);
            clearInterval(look);
        },
    };
}
