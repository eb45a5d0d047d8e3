import { PciBridge } from "./bridge.js";
import { EndpointFunction } from "./function.js";
import { command } from "./header.js";
const BRIDGE_GRANULARITY = 2 ** 20;
/** Least distance of windows: emulators route memory-mapped registers in such blocks. */
const WINDOW_GRANULARITY = 2 ** 17;
/** The I/O APIC has the first address that is no more for windows. */
const INTERRUPT_CONTROLLERS = 0xfec0_0000;
/**
 * What firmware does before software sees a bus: base address registers and bridge windows get
 * addresses from `start` up, memory space is enabled everywhere, and bridges forward DMA. Bus
 * mastering of endpoints is left to software.
 * @throws RangeError if the addresses do not suffice.
 */
export function assignResources(topology, start) {
    const end = assignBelow(topology.root, start);
    if (end > INTERRUPT_CONTROLLERS) {
        throw new RangeError(`memory windows end at 0x${end.toString(16)}, and only addresses below ` +
            `0x${INTERRUPT_CONTROLLERS.toString(16)} are free: plug in fewer endpoints`);
    }
}
function assignBelow(functions, start) {
    let next = start;
    for (const each of functions) {
        if (each instanceof EndpointFunction)
            next = placeBars(each, next);
        if (each instanceof PciBridge)
            next = openWindow(each, next);
    }
    return next;
}
function placeBars(owner, start) {
    let next = start;
    for (const { index, size } of owner.bars) {
        const address = roundUp(next, Math.max(size, WINDOW_GRANULARITY));
        owner.placeBar(index, { address });
        next = address + size;
    }
    owner.enable(command.memorySpace);
    return next;
}
function openWindow(bridge, start) {
    const base = roundUp(start, BRIDGE_GRANULARITY);
    const end = roundUp(assignBelow(bridge.children, base), BRIDGE_GRANULARITY);
    bridge.forward(end === base ? undefined : { base, limit: end - 1 });
    bridge.enable(command.memorySpace | command.busMaster);
    return end;
}
function roundUp(value, to) {
    return Math.ceil(value / to) * to;
}
