/**
 * The words in which the manual describes a register or a structure: fields of bits, with who may
 * change them (VT-d 5.10 §11.3). Types only; the tables beside this file are the data.
 */
/**
 * Register attributes of §11.3. RW1CS and ROS are sticky: a warm reset leaves them alone. RWL and
 * RWLV are locked at times, and then read-only (Table 51). WO reads 0. RsvdP and RsvdZ are not
 * listed: what no field of a table covers is reserved.
 */
export type Attribute = "RO" | "ROS" | "RW" | "RW1C" | "RW1CS" | "RWL" | "RWLV" | "WO";
/** Name of a CAP_REG, ECAP_REG or PERFCAP_REG field; it holds when the field is not zero. */
export type CapabilityName = string;
/** What one value of a field means; `name` is an identifier in capitals. */
export interface FieldValue {
    readonly value: number;
    readonly name: string;
    readonly meaning: string;
}
/** A run of bits, `high` to `low`, both included, counted over the whole record from bit 0. */
export interface BitRange {
    readonly high: number;
    readonly low: number;
}
export interface Field extends BitRange {
    readonly name: string;
    readonly meaning: string;
    /** Capabilities that must all be reported, else the bits are reserved. */
    readonly requires?: readonly CapabilityName[];
    readonly values?: readonly FieldValue[];
    /**
     * The field leaves out the low bits of an address or offset: its bits, where they stand in their
     * 64-bit word, are the number meant.
     */
    readonly inPlace?: true;
}
export interface RegisterField extends Field {
    readonly access: Attribute;
    /** Value after a power-good reset; 0 if absent. */
    readonly reset?: number;
}
export interface Register {
    /** The manual's mnemonic without the ending _REG. */
    readonly mnemonic: string;
    readonly title: string;
    readonly section: string;
    readonly width: 32 | 64 | 128;
    /** Byte offset from the base of the register page, or from the place that `placedBy` gives. */
    readonly offset: number;
    /**
     * Field that places the register: its value is added to `offset`, that of FRO and IRO times 16.
     * CFGO, FZO, OFO and CNTO are those of the registers of §11.4.13.3 to §11.4.13.6.
     */
    readonly placedBy?: "FRO" | "IRO" | "CFGO" | "FZO" | "OFO" | "CNTO";
    /**
     * The register repeats; "NFR" stands for CAP.NFR + 1 times, "NCNTR" for the number of counters,
     * "CS" for their stride (PERFCAP).
     */
    readonly repeat?: {
        readonly count: number | "NFR" | "NCNTR";
        readonly stride: number | "CS";
    };
    /** Capabilities that must all be reported, else the offset is reserved. */
    readonly requires?: readonly CapabilityName[];
    /** Capabilities of which one must be reported, else the offset is reserved. */
    readonly requiresAny?: readonly CapabilityName[];
    readonly fields: readonly RegisterField[];
}
/** A table entry or a record in memory: little-endian 64-bit words. */
export interface Structure {
    /** Name in capitals, as the decoders take it. */
    readonly name: string;
    readonly title: string;
    readonly section: string;
    /** Bits of the whole record, a multiple of 64. */
    readonly bits: number;
    readonly fields: readonly Field[];
    /** Bits that hardware ignores; what neither a field nor a range here covers is reserved. */
    readonly ignored?: readonly BitRange[];
}
/** An invalidation descriptor (§6.5.2): 128 bits, zero-padded to 256 in a queue of that width. */
export interface Descriptor extends Structure {
    /** Value of the type field: bits 11:9 are its high, bits 3:0 its low part. */
    readonly type: number;
    /** Name of that value. */
    readonly typeName: string;
    /** 256 if the type exists only in a queue of 256-bit descriptors. */
    readonly queueWidth: 128 | 256;
    /** Capabilities without which the type is an invalid descriptor. */
    readonly requires?: readonly CapabilityName[];
}
