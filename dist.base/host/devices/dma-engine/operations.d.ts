import type { Descriptor, Outcome } from "./descriptor.js";
import { type AccessParts, type PageAccessData } from "./page-access.js";
import type { References, Referents } from "./references.js";
import { type Step } from "./step.js";
export interface OperationData {
    readonly offset: number;
    readonly source?: Uint8Array;
    readonly access?: PageAccessData;
}
/** Carries a descriptor out, page by page, in ascending order. */
export declare class Operation {
    #private;
    constructor(descriptor: Descriptor, parts: AccessParts);
    step(): Step<Outcome>;
    /** Ends what is in flight. */
    cancel(): void;
    snapshot(references: References): OperationData;
    restore({ offset, source, access }: OperationData, referents: Referents): void;
}
