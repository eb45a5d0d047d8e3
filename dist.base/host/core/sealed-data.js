import { checksum } from "./checksum.js";
import { readPlainData, writePlainData } from "./plain-data.js";
import { SnapshotError } from "./snapshot-error.js";
/** Letters, version, checksum of the text. */
const HEADER = 12;
/** Plain data as bytes that tell when they are of another kind or version, or damaged. */
export function seal(kind, data) {
    const text = new TextEncoder().encode(writePlainData(data));
    const sealed = new Uint8Array(HEADER + text.length);
    const header = new DataView(sealed.buffer);
    sealed.set(new TextEncoder().encode(kind.letters), 0);
    header.setUint32(4, kind.version, true);
    header.setUint32(8, checksum(text), true);
    sealed.set(text, HEADER);
    return sealed;
}
/**
 * What `seal` was given.
 * @throws SnapshotError for bytes of another kind or version, or damaged.
 */
export function unseal(kind, sealed) {
    const header = new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    const letters = new TextDecoder("latin1").decode(sealed.subarray(0, 4));
    if (sealed.length < HEADER || letters !== kind.letters) {
        throw new SnapshotError(`this is no snapshot of ${kind.of}`);
    }
    const version = header.getUint32(4, true);
    if (version !== kind.version) {
        throw new SnapshotError(`the snapshot of ${kind.of} has version ${version}, expected ${kind.version}: take it anew`);
    }
    const text = sealed.subarray(HEADER);
    if (checksum(text) !== header.getUint32(8, true)) {
        throw new SnapshotError(`the snapshot of ${kind.of} is damaged: its checksum is another`);
    }
    return readPlainData(new TextDecoder().decode(text));
}
