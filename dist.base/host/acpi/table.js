import { setChecksum, TableWriter } from "./table-writer.js";
const HEADER_BYTES = 36;
const CHECKSUM_AT = 9;
/** An ACPI table: the standard header of 36 bytes, then `body`; the checksum is right. */
export function acpiTable(signature, revision, body) {
    if (signature.length !== 4) {
        throw new RangeError(`a table signature has 4 characters, got "${signature}"`);
    }
    const bytes = new TableWriter()
        .ascii(signature, 4)
        .u32(HEADER_BYTES + body.length)
        .u8(revision)
        .u8(0)
        .ascii("VIOMMU", 6)
        .ascii("VIOMMU", 8)
        .u32(1)
        .ascii("VIOM", 4)
        .u32(1)
        .bytes(body)
        .finish();
    setChecksum(bytes, CHECKSUM_AT);
    return bytes;
}
