/**
 * The I/O APIC of the built-in machine, as MADT and DMAR name it. Its redirection table is the user's
 * to model; its messages pass the last unit under this source-id, f0:1f.0 (§8.3.1.1).
 */
export const ioApic = { id: 0, address: 0xfec0_0000, sourceId: 0xf0f8 };
