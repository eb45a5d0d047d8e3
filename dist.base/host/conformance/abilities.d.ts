import type { OperationName } from "./operation.js";
/** What a target may be able to do besides registers and memory, in words for the reason of a skip. */
export declare const abilities: {
    readonly reset: "can put the unit into its state after a power-good reset";
    readonly "warm-reset": "can put the unit into its state after a warm reset";
    readonly dma: "has endpoints that read and write memory";
    readonly atomic: "has endpoints that send AtomicOps";
    readonly pasid: "has endpoints that send requests with PASID";
    readonly privileged: "has endpoints that ask for supervisor privilege";
    readonly execute: "has endpoints that ask to execute";
    readonly "zero-length-read": "has endpoints that send zero-length reads";
    readonly ats: "has endpoints that send translation requests";
    readonly translated: "has endpoints that send translated requests";
    readonly pri: "has endpoints that send page requests";
    readonly "interrupt-requests": "has endpoints that send interrupt messages of the suite's choice";
    readonly interrupts: "shows the interrupt messages that reach the platform";
    readonly "device-tlb": "shows the device-TLB invalidations that reach endpoints";
    readonly "invalidation-completions": "leaves it to the suite when endpoints complete invalidations";
    readonly "in-flight": "can hold a memory request in flight";
    readonly "completion-status": "tells Unsupported Request from Completer Abort";
    readonly "any-source-id": "sends requests with every source-id";
    readonly poison: "can make accesses of the unit to memory fail";
    readonly clock: "lets the suite advance the unit's clock";
    readonly config: "shows the configuration space of endpoints";
};
export type Ability = keyof typeof abilities;
export declare const abilityNames: Ability[];
/** Abilities without which an operation makes no sense. */
export declare const abilitiesOfOperations: Readonly<Partial<Record<OperationName, Ability>>>;
