import { readFileSync } from "node:fs";
import { UsageError } from "./exit-code.js";
const MULTIBOOT_MAGIC = 0x1bad_b002;
/** The header must lie within the first 8 KiB, on a multiple of 4 (Multiboot 0.6.96, section 3.1). */
const MULTIBOOT_SEARCH = 8192;
const ELF_CLASS_32 = 1;
const ELF_LITTLE_ENDIAN = 1;
const ELF_EXECUTABLE = 2;
const MACHINE_X86 = 3;
/**
 * Reads a test image: a 32-bit x86 ELF executable with a multiboot header.
 * @throws {UsageError} saying what was found instead.
 */
export function readImage(path) {
    const bytes = readBytes(path);
    const wrong = whyNotImage(bytes);
    if (wrong !== undefined) {
        throw new UsageError(`${path} is ${wrong}; expected a 32-bit x86 ELF executable with a multiboot header`);
    }
    return bytes.buffer;
}
function readBytes(path) {
    try {
        return new Uint8Array(readFileSync(path));
    }
    catch (error) {
        const { code, message } = error;
        if (code === "ENOENT")
            throw new UsageError(`no such file: ${path}`);
        if (code === "EISDIR")
            throw new UsageError(`${path} is a folder; expected an image file`);
        throw new UsageError(`cannot read ${path}: ${message}`);
    }
}
function whyNotImage(bytes) {
    if (bytes.length === 0)
        return "empty";
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < 52 || view.getUint32(0) !== 0x7f45_4c46)
        return kindOfFile(bytes);
    if (view.getUint8(4) !== ELF_CLASS_32)
        return "a 64-bit ELF file";
    const machine = view.getUint16(18, true);
    if (view.getUint8(5) !== ELF_LITTLE_ENDIAN || machine !== MACHINE_X86) {
        return `an ELF file for another machine (e_machine ${machine})`;
    }
    if (view.getUint16(16, true) !== ELF_EXECUTABLE) {
        return "an ELF file that is not an executable (object file or shared library)";
    }
    return hasMultibootHeader(view) ? undefined : "an ELF executable without a multiboot header";
}
function hasMultibootHeader(view) {
    const end = Math.min(view.byteLength, MULTIBOOT_SEARCH) - 12;
    for (let at = 0; at <= end; at += 4) {
        if (view.getUint32(at, true) !== MULTIBOOT_MAGIC)
            continue;
        const sum = MULTIBOOT_MAGIC + view.getUint32(at + 4, true) + view.getUint32(at + 8, true);
        if (sum >>> 0 === 0)
            return true;
    }
    return false;
}
const SIGNATURES = [
    { bytes: [0x4d, 0x5a], kind: "a DOS, Windows or UEFI program" },
    { bytes: [0x1f, 0x8b], kind: "a gzip file" },
    { bytes: [0x28, 0xb5, 0x2f, 0xfd], kind: "a zstd file" },
    { bytes: [0x00, 0x61, 0x73, 0x6d], kind: "a WebAssembly module" },
    { bytes: [0x50, 0x4b], kind: "a zip file" },
];
function kindOfFile(bytes) {
    const known = SIGNATURES.find((s) => s.bytes.every((byte, index) => bytes[index] === byte));
    if (known !== undefined)
        return known.kind;
    const isText = bytes.subarray(0, 512).every((b) => b === 9 || b === 10 || b === 13 || b >= 32);
    const first = [...bytes.subarray(0, 4)].map((b) => b.toString(16).padStart(2, "0")).join(" ");
    return isText ? "a text file" : `no ELF file (it begins with ${first})`;
}
