import type { ConditionName } from "./fault-conditions.js";
import type { FirstStageTables } from "./first-stage.js";
import { type Inquiry, type TableMode } from "./inquiry.js";
import type { SecondStageTables } from "./second-stage.js";
/** What the entries that a request was found to belong to ask for, before any page is walked. */
export type TranslationPath = {
    readonly mode: TableMode;
    /** PGSNP: the final page is snooped whatever its leaf says. */
    readonly pageSnooped: boolean;
} & ({
    readonly type: "pass-through";
} | {
    readonly type: "first-stage";
    readonly first: FirstStageTables;
} | {
    readonly type: "second-stage";
    readonly second: SecondStageTables;
} | {
    readonly type: "nested";
    readonly first: FirstStageTables;
    readonly second: SecondStageTables;
});
/** Root-table address, root, context, and in scalable mode PASID entries, in the manual's order. */
export declare function findTranslationPath(inquiry: Inquiry, rootTableAddress: bigint): TranslationPath | ConditionName;
