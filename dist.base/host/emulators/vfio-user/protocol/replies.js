/** Bodies of replies of the server. */
/** Flags of a device: it can be reset, and is a PCI function. */
const DEVICE_FLAGS = 0b11;
const ALL_REGIONS = 9;
const ALL_IRQS = 5;
/** Indexes of regions that a PCI function has: 0 to 5 are base address registers. */
export const CONFIG_REGION = 7;
const READ_WRITE = 0b11;
const IRQ_EVENTFD = 1;
function words(...values) {
    const view = new DataView(new ArrayBuffer(4 * values.length));
    values.forEach((value, index) => {
        view.setUint32(4 * index, value, true);
    });
    return new Uint8Array(view.buffer);
}
export function versionReply(capabilities) {
    const json = new TextEncoder().encode(JSON.stringify({ capabilities }));
    const body = new Uint8Array(4 + json.length + 1);
    body.set(json, 4);
    return body;
}
export function deviceInfoReply(argsz) {
    return words(argsz, DEVICE_FLAGS, ALL_REGIONS, ALL_IRQS);
}
/** `size` 0 stands for a region that the function does not have. */
export function regionInfoReply(argsz, index, size) {
    // argsz, flags, index, offset of capabilities, size, offset in a mapping.
    return words(argsz, size > 0 ? READ_WRITE : 0, index, 0, size, 0, 0, 0);
}
export function irqInfoReply(argsz, index, count) {
    return words(argsz, count > 0 ? IRQ_EVENTFD : 0, index, count);
}
