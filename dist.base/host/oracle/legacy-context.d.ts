import type { AddressWidth, UnitCapabilities } from "./capabilities.js";
import type { ConditionName } from "./fault-conditions.js";
import { type Inquiry } from "./inquiry.js";
/** What a present, valid context entry of legacy mode says (§9.3). */
export interface LegacyContext {
    readonly passThrough: boolean;
    /** Adjusted guest address width of the second-stage tables. */
    readonly width: AddressWidth;
    /** SSPTPTR; without meaning for pass-through. */
    readonly secondStageRoot: bigint;
}
/** Walks root table and context table in legacy mode (§3.4.2). */
export declare function readLegacyContext(inquiry: Inquiry, rootTable: bigint): LegacyContext | ConditionName;
/** The width that an AW field selects; undefined if it is reserved or not supported by the unit. */
export declare function supportedWidth(unit: UnitCapabilities, field: bigint): AddressWidth | undefined;
