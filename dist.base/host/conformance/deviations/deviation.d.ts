/** Where a target does not do what the manual says, as data. */
export interface Deviation {
    /** Short, with the target's name ahead: "qemu-D1". */
    readonly id: string;
    /** Name of the target. */
    readonly target: string;
    /** Cases that it makes fail; a case on the list of a target may fail there. */
    readonly cases: readonly string[];
    /** Section of the manual. */
    readonly section: string;
    /** What the manual says. */
    readonly manual: string;
    /** What the target does instead. */
    readonly does: string;
    /** Versions in which it was seen. */
    readonly versions: string;
    /** False if the target's endpoints cannot show it: then its absence says nothing. */
    readonly observable: boolean;
    /** "undefined by the manual": no fault of the target's. */
    readonly kind: "deviation" | "undefined by the manual";
}
