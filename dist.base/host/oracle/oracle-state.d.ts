/** What software has made of the unit, as far as translation depends on it. */
export interface OracleState {
    /** GSTS_REG.TES. */
    readonly translationEnabled: boolean;
    /** RTADDR_REG as the last Set Root Table Pointer command latched it (§11.4.5). */
    readonly rootTableAddress: bigint;
    /** GSTS_REG.IRES. */
    readonly interruptRemappingEnabled: boolean;
    /** The protected memory regions, while they are enabled (§11.4.8). */
    readonly protectedMemory?: ProtectedMemory | undefined;
}
/** Tells whether a request may not reach a host physical address. */
export interface ProtectedMemory {
    /** `remapped`: the address came out of a page walk, rather than being the one of the request. */
    blocks(address: bigint, remapped: boolean): boolean;
}
/** The state after a reset. */
export declare const RESET_STATE: OracleState;
