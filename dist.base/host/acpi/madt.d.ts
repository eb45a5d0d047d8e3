export interface MadtOptions {
    /** Physical address of the local APICs; default 0xFEE00000. */
    readonly localApicAddress?: number;
    /** The system also has the two 8259 controllers; default true. */
    readonly legacyPics?: boolean;
    /** APIC id of each processor; default one processor with APIC id 0. */
    readonly processors?: readonly {
        readonly apicId: number;
    }[];
    readonly ioApics?: readonly {
        readonly id: number;
        readonly address: number;
        /** Global system interrupt of its first pin; default 0. */
        readonly firstInterrupt?: number;
    }[];
    /** ISA interrupts that arrive at another pin than their number, or with other trigger flags. */
    readonly overrides?: readonly {
        readonly isaInterrupt: number;
        readonly interrupt: number;
        /** MPS INTI flags; default 0, as the bus does. */
        readonly flags?: number;
    }[];
}
/** The Multiple APIC Description Table, "APIC". */
export declare function madtTable(options?: MadtOptions): Uint8Array;
