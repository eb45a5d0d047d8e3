import { resolveCapabilities } from "../core/capabilities.js";
import { createCore } from "../core/core.js";
import { createEmbeddedCore } from "../core/embedded.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { registers } from "../spec/registers.js";
export const builds = ["core", "core-port"];
const SRTP = 1 << 30;
const TE = 1 << 31;
/** A unit of one build of the core with the tables of a workload, and translation enabled. */
export async function createUnit(build, benchCase, workload) {
    const options = {
        capabilities: resolveCapabilities({ preset: "full" }),
        caches: benchCase.caches,
        faultCollapse: true,
        invalidationTimeout: 1000000n,
        reportWrites: false,
        trace: false,
    };
    const size = { size: workload.ramBytes };
    if (build === "core") {
        const { core, memory } = await createEmbeddedCore(options, size);
        return enable(core, memory, workload);
    }
    const memory = GuestMemory.create(size);
    return enable(await createCore(memory, options), memory, workload);
}
function enable(core, memory, workload) {
    memory.writeBytes(0n, workload.ram);
    const write = (name, size, value) => {
        const { offset } = registers.find((register) => register.mnemonic === name);
        const low = Number(BigInt.asIntN(32, value));
        core.exports.writeRegister(offset, size, low, Number(BigInt.asIntN(32, value >> 32n)));
    };
    write("RTADDR", 8, workload.rootTableAddress);
    write("GCMD", 4, BigInt(SRTP));
    write("GCMD", 4, BigInt(TE));
    return core;
}
