import type { AddressWidth } from "./capabilities.js";
import type { ConditionName } from "./fault-conditions.js";
import { type Inquiry } from "./inquiry.js";
import type { ScalableContext } from "./scalable-context.js";
/** A present, valid PASID-table entry (§9.6). What its translation type ignores is not in it. */
export type PasidEntry = {
    readonly domainId: number;
    /** SRE. */
    readonly supervisorRequests: boolean;
    /** PGSNP. */
    readonly pageSnooped: boolean;
} & ({
    readonly type: "pass-through";
} | {
    readonly type: "first-stage";
    readonly first: FirstStageFields;
} | {
    readonly type: "second-stage";
    readonly second: SecondStageFields;
} | {
    readonly type: "nested";
    readonly first: FirstStageFields;
    readonly second: SecondStageFields;
});
export type TranslationType = PasidEntry["type"];
export interface FirstStageFields {
    /** FSPTPTR; a guest-physical address in nested entries. */
    readonly root: bigint;
    /** FSPM. */
    readonly levels: 4 | 5;
    /** PWSNP. */
    readonly snooped: boolean;
    /** EAFE. */
    readonly extendedAccessed: boolean;
    /** WPE. */
    readonly writeProtect: boolean;
}
export interface SecondStageFields {
    /** SSPTPTR. */
    readonly root: bigint;
    /** AW. */
    readonly width: AddressWidth;
    /** PWSNP. */
    readonly snooped: boolean;
    /** SSADE. */
    readonly accessedDirty: boolean;
}
/** Walks PASID directory and PASID table (§3.4.3) up to and including SPT.4. */
export declare function readPasidEntry(inquiry: Inquiry, context: ScalableContext): PasidEntry | ConditionName;
/** SPT.5 and SPT.6, which page requests do not meet (§7.4.1). */
export declare function checkExecuteAndPrivilege(inquiry: Inquiry, entry: PasidEntry, context: ScalableContext): ConditionName | undefined;
