import { acpiTable } from "./table.js";
import { setChecksum, TableWriter } from "./table-writer.js";
/** Where software without EFI looks for the root pointer, at multiples of 16. */
export const BIOS_AREA = { start: 0xe0000n, end: 0x100000n };
const ALIGNMENT = 16n;
const RSDP_BYTES = 36n;
const RSDP_V1_BYTES = 20;
const FOUR_GIB = 1n << 32n;
/**
 * Gives the tables addresses and adds RSDP, XSDT and, if everything lies below 4 GiB, RSDT. Tables
 * are as the builders of this folder make them.
 */
export function layOutAcpi(tables, placement) {
    const rsdpAt = placement.rsdpAt ?? placement.at;
    let next = placement.rsdpAt === undefined ? placement.at + RSDP_BYTES : placement.at;
    if (rsdpAt % ALIGNMENT !== 0n) {
        throw new RangeError(`the RSDP needs a multiple of 16, got 0x${rsdpAt.toString(16)}`);
    }
    const placed = [];
    const place = (bytes) => {
        const address = (next + ALIGNMENT - 1n) & ~(ALIGNMENT - 1n);
        next = address + BigInt(bytes.length);
        placed.push({ name: String.fromCharCode(...bytes.subarray(0, 4)), address, bytes });
        return address;
    };
    const addresses = tables.map(place);
    const xsdt = place(xsdtTable(addresses));
    const rsdt = next < FOUR_GIB ? place(rsdtTable(addresses)) : 0n;
    return [{ name: "RSDP", address: rsdpAt, bytes: rsdp(rsdt, xsdt) }, ...placed];
}
/** `layOutAcpi`, written to memory. Answers the address of the RSDP. */
export function writeAcpi(memory, tables, placement) {
    const placed = layOutAcpi(tables, placement);
    for (const { address, bytes } of placed)
        memory.writeBytes(address, bytes);
    return placement.rsdpAt ?? placement.at;
}
function xsdtTable(addresses) {
    const body = new TableWriter();
    for (const address of addresses)
        body.u64(address);
    return acpiTable("XSDT", 1, body.finish());
}
function rsdtTable(addresses) {
    const body = new TableWriter();
    for (const address of addresses)
        body.u32(Number(address));
    return acpiTable("RSDT", 1, body.finish());
}
function rsdp(rsdt, xsdt) {
    const bytes = new TableWriter()
        .ascii("RSD PTR ", 8)
        .u8(0)
        .ascii("VIOMMU", 6)
        .u8(2)
        .u32(Number(rsdt))
        .u32(Number(RSDP_BYTES))
        .u64(xsdt)
        .zeros(4)
        .finish();
    setChecksum(bytes, 8, RSDP_V1_BYTES);
    setChecksum(bytes, 32);
    return bytes;
}
