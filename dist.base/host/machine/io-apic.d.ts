/**
 * The I/O APIC of the built-in machine, as MADT and DMAR name it. Its redirection table is the user's
 * to model; its messages pass the last unit under this source-id, f0:1f.0 (§8.3.1.1).
 */
export declare const ioApic: {
    readonly id: 0;
    readonly address: 4273995776;
    readonly sourceId: 61688;
};
