/** An ACPI table: the standard header of 36 bytes, then `body`; the checksum is right. */
export declare function acpiTable(signature: string, revision: number, body: Uint8Array): Uint8Array;
