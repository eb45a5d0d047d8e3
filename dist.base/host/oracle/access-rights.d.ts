import type { Permissions } from "../spec/requests.js";
import type { ConditionName } from "./fault-conditions.js";
import type { Inquiry, TableMode } from "./inquiry.js";
/** What a request asks of the page that it is translated to. */
export interface Demand {
    readonly read: boolean;
    readonly write: boolean;
    /** A translation request takes whatever part of its demand is granted (§4.2.3). */
    readonly partial: boolean;
    readonly zeroLength: boolean;
}
/** The demand of an untranslated or a translation request. */
export declare function demandOf({ request, unit }: Inquiry): Demand;
/**
 * The right for want of which a demand is refused. An AtomicOp that lacks both lacks write; so does
 * a translation request that asked for both and gets nothing.
 */
export declare function lackingRight({ unit }: Inquiry, demand: Demand, granted: Permissions): "read" | "write" | undefined;
/** The right that a demand is said to lack where a page grants none at all. */
export declare function noRight(demand: Demand): "read" | "write";
export declare function conditionOfLack(mode: TableMode, right: "read" | "write"): ConditionName;
/** Stops the request for want of a right, if it lacks one. */
export declare function refuseIfLacking(inquiry: Inquiry, mode: TableMode, lacking: "read" | "write" | undefined): ConditionName | undefined;
export declare function both(first: Permissions, second: Permissions): Permissions;
/** The permissions in words for a step: "RW", "R", "W" or "none". */
export declare function inWords({ read, write }: Permissions): string;
