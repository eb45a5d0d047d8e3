import type { ConfigSpace } from "./config-space.js";
/** Who a function says it is. */
export interface FunctionIdentity {
    readonly vendor: number;
    readonly device: number;
    /** Base class, sub-class, programming interface: 24 bits. */
    readonly classCode: number;
    readonly revision: number;
    /** Default: vendor and device themselves. */
    readonly subsystem?: {
        readonly vendor: number;
        readonly device: number;
    };
    /** 1 to 4: INTA# to INTD#. Default 0: none. */
    readonly interruptPin?: 0 | 1 | 2 | 3 | 4;
}
/** Offsets of the configuration header. */
export declare const header: {
    readonly vendor: 0;
    readonly device: 2;
    readonly command: 4;
    readonly status: 6;
    readonly classRevision: 8;
    readonly headerType: 14;
    readonly bar0: 16;
    readonly primaryBus: 24;
    readonly secondaryBus: 25;
    readonly subordinateBus: 26;
    readonly memoryBase: 32;
    readonly memoryLimit: 34;
    readonly interruptLine: 60;
    readonly interruptPin: 61;
    readonly bridgeControl: 62;
};
export declare const command: {
    readonly memorySpace: number;
    readonly busMaster: number;
};
export declare const MULTI_FUNCTION = 128;
export declare const SECONDARY_BUS_RESET: number;
/** The type 0 header of an endpoint, without its base address registers. */
export declare function defineEndpointHeader(config: ConfigSpace, identity: FunctionIdentity): void;
/** The type 1 header of a bridge: one memory window, no I/O and no prefetchable window. */
export declare function defineBridgeHeader(config: ConfigSpace, identity: FunctionIdentity): void;
