import { Translation, type TranslationTag } from "./device-tlb.js";
import { PageGroup, type GroupData } from "./page-requests.js";
import type { TranslationCompletion } from "../../spec/requests.js";
interface TranslationData {
    readonly tag: TranslationTag;
    readonly start: bigint;
    readonly completion: TranslationCompletion;
}
export interface ReferencesData {
    readonly translations: readonly TranslationData[];
    readonly groups: readonly GroupData[];
}
/** While a snapshot is taken: numbers for what its parts share. */
export declare class References {
    #private;
    translation(translation: Translation): number;
    group(group: PageGroup): number;
    /** To be asked when every part has been taken. */
    snapshot(): ReferencesData;
}
/** While a snapshot is restored: the shared objects, made once. */
export declare class Referents {
    #private;
    constructor({ translations, groups }: ReferencesData);
    translation(number: number): Translation;
    group(number: number): PageGroup;
}
export {};
