import type { DeviceTlbInvalidate, TranslationCompletion } from "../../spec/requests.js";
import type { References, Referents } from "./references.js";
/** Whose requests a translation serves. */
export interface TranslationTag {
    readonly pasid: number | undefined;
    readonly privileged: boolean;
}
/** What a request needs of a translation. */
export interface Need {
    readonly read: boolean;
    readonly write: boolean;
    readonly execute: boolean;
}
/** Translations by their numbers among the references; null for a free entry. */
export interface DeviceTlbData {
    readonly entries: readonly (number | null)[];
    /** With the number of requests in flight. */
    readonly uses: readonly (readonly [number, number])[];
    readonly next: number;
}
/** A translation completion that gave some permission, as the device keeps it. */
export declare class Translation {
    readonly tag: TranslationTag;
    /** First address of the range, a multiple of its size. */
    readonly start: bigint;
    readonly size: bigint;
    readonly address: bigint;
    readonly completion: TranslationCompletion;
    constructor(tag: TranslationTag, iova: bigint, completion: TranslationCompletion);
    covers(tag: TranslationTag, iova: bigint): boolean;
    permits(need: Need): boolean;
    isReplacedBy({ tag, start, size }: Translation): boolean;
    overlaps(start: bigint, size: bigint): boolean;
    translate(iova: bigint): bigint;
}
/** A bounded, fully associative device TLB; entries are replaced in turn, after free ones. */
export declare class DeviceTlb {
    #private;
    constructor(capacity: number);
    get used(): number;
    at(index: number): Translation | undefined;
    lookup(tag: TranslationTag, iova: bigint): Translation | undefined;
    /** Keeps a translation in place of those it overlaps. True if another one had to go. */
    insert(translation: Translation): boolean;
    beginUse(translation: Translation): void;
    endUse(translation: Translation): void;
    /** Drops what an Invalidate Request names. */
    invalidate(request: DeviceTlbInvalidate): void;
    /** Translations in flight that an Invalidate Request names. */
    usesOf(request: DeviceTlbInvalidate): Translation[];
    isInUse(translation: Translation): boolean;
    clear(): void;
    snapshot(references: References): DeviceTlbData;
    restore({ entries, uses, next }: DeviceTlbData, referents: Referents): void;
}
/** With S set the lowest zero bit of address 63:12 tells the size: bit 12 means 8 KiB. */
export declare function invalidationRange(request: {
    address: bigint;
    sizeBit: boolean;
}): {
    start: bigint;
    size: bigint;
};
