import { DESCRIPTOR_BYTES, descriptorFlag, operation, RESULT_DONE } from "./registers.js";
const KNOWN_BITS = Object.values(descriptorFlag).reduce((all, flag) => all | flag, 0xff);
const ADDRESS_END = 1n << 64n;
export function parseDescriptor(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, DESCRIPTOR_BYTES);
    const word = view.getUint32(0, true);
    const has = (flag) => (word & flag) !== 0;
    const fields = {
        operation: word & 0xff,
        interrupt: has(descriptorFlag.interrupt),
        useAts: has(descriptorFlag.useAts),
        pageRequest: has(descriptorFlag.pageRequest),
        execute: has(descriptorFlag.execute),
        length: view.getUint32(4, true),
        source: view.getBigUint64(8, true),
        destination: view.getBigUint64(16, true),
        pattern: view.getBigUint64(24, true),
    };
    return { ...fields, valid: (word & ~KNOWN_BITS) === 0 && isMeaningful(fields) };
}
function isMeaningful(fields) {
    const { source, destination } = fields;
    const fits = (start) => start + BigInt(fields.length) <= ADDRESS_END;
    switch (fields.operation) {
        case operation.nop:
            return true;
        case operation.copy:
        case operation.compare:
            return fits(source) && fits(destination);
        case operation.fill:
            return fits(destination);
        case operation.verify:
            return fits(source);
        case operation.atomicAdd:
            return fields.length === 8 && (destination & 7n) === 0n;
        default:
            return false;
    }
}
/** The 16 bytes that the device writes back at offset 30h. */
export function encodeOutcome(outcome) {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, RESULT_DONE | outcome.code, true);
    view.setUint32(4, outcome.bytes, true);
    view.setBigUint64(8, outcome.result, true);
    return bytes;
}
