import type { Permissions } from "../spec/requests.js";
import type { ConditionName } from "./fault-conditions.js";
import { type Inquiry } from "./inquiry.js";
import type { TranslationPath } from "./translation-path.js";
/** Where an input address leads, and what the requester may do there. */
export interface Mapping {
    /** Host physical address of the input address. */
    readonly address: bigint;
    /** Bytes of the page that the translation covers. */
    readonly pageSize: number;
    readonly permissions: Permissions;
    /** The page must be snooped: PGSNP, or SNP of a second-stage leaf (§3.10). */
    readonly snooped: boolean;
}
/**
 * Translates the address of an untranslated or a translation request.
 * The walk starts over when another agent changed an entry under it; flags that the abandoned walk
 * has set stay set, as §3.6.2 and §3.7.2 permit for accessed flags.
 */
export declare function translateAddress(inquiry: Inquiry, path: TranslationPath): Mapping | ConditionName;
