import { SnapshotError } from "../../core/snapshot-error.js";
const ORDER = ["v86", "machine", "bus", "unit"];
const LETTERS = "viommu86";
const VERSION = 1;
/** Behind the parts: their lengths in their order, the version, and letters at the very end. */
const TRAILER = 4 * ORDER.length + 4 + LETTERS.length;
const V86_MAGIC = 0x8676_8676;
const ZSTD_MAGIC = 0xfd2f_b528;
/** The parts behind each other, v86's first. */
export function joinState(parts) {
    const length = ORDER.reduce((sum, name) => sum + parts[name].length, TRAILER);
    const image = new Uint8Array(length);
    const trailer = new DataView(image.buffer, length - TRAILER);
    let at = 0;
    for (const [index, name] of ORDER.entries()) {
        image.set(parts[name], at);
        at += parts[name].length;
        trailer.setUint32(4 * index, parts[name].length, true);
    }
    trailer.setUint32(4 * ORDER.length, VERSION, true);
    image.set(new TextEncoder().encode(LETTERS), length - LETTERS.length);
    return image.buffer;
}
/**
 * The parts of what `joinState` made.
 * @throws {SnapshotError} for anything else, saying what it is as far as that can be told.
 */
export function splitState(image) {
    const bytes = new Uint8Array(image);
    const letters = new TextDecoder("latin1").decode(bytes.subarray(-LETTERS.length));
    if (bytes.length < TRAILER || letters !== LETTERS)
        throw new SnapshotError(whyNotState(bytes));
    const trailer = new DataView(image, bytes.length - TRAILER);
    const version = trailer.getUint32(4 * ORDER.length, true);
    if (version !== VERSION) {
        throw new SnapshotError(`the saved machine has version ${version}, expected ${VERSION}: save it anew`);
    }
    let at = 0;
    const parts = ORDER.map((name, index) => {
        const start = at;
        at += trailer.getUint32(4 * index, true);
        return [name, bytes.subarray(start, at)];
    });
    if (at !== bytes.length - TRAILER) {
        throw new SnapshotError(`the saved machine has ${bytes.length - TRAILER} bytes of state, its end says ${at}`);
    }
    return Object.fromEntries(parts);
}
function whyNotState(bytes) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const magic = bytes.length >= 4 ? view.getUint32(0, true) : 0;
    if (magic === V86_MAGIC) {
        return "this is a state of v86 without an IOMMU: what its guest knows of the unit is not in it";
    }
    if (magic === ZSTD_MAGIC)
        return "this state is compressed: decompress it before it is restored";
    return "this is no saved machine of v86 with viommu";
}
