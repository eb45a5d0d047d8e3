import type { OperationName } from "./operation.js";

/** What a target may be able to do besides registers and memory, in words for the reason of a skip. */
export const abilities = {
  reset: "can put the unit into its state after a power-good reset",
  "warm-reset": "can put the unit into its state after a warm reset",
  dma: "has endpoints that read and write memory",
  "exact-requests": "has endpoints that send the requests of the suite, and none besides",
  atomic: "has endpoints that send AtomicOps",
  pasid: "has endpoints that send requests with PASID",
  privileged: "has endpoints that ask for supervisor privilege",
  execute: "has endpoints that ask to execute",
  "zero-length-read": "has endpoints that send zero-length reads",
  ats: "has endpoints that send translation requests",
  translated: "has endpoints that send translated requests",
  pri: "has endpoints that send page requests",
  "interrupt-requests": "has endpoints that send interrupt messages of the suite's choice",
  interrupts: "shows the interrupt messages that reach the platform",
  "device-tlb": "shows the device-TLB invalidations that reach endpoints",
  "invalidation-completions": "leaves it to the suite when endpoints complete invalidations",
  "in-flight": "can hold a memory request in flight",
  "completion-status": "tells Unsupported Request from Completer Abort",
  "any-source-id": "sends requests with every source-id",
  "no-memory": "tells a request that reaches no memory from one that is blocked",
  poison: "can make accesses of the unit to memory fail",
  clock: "lets the suite advance the unit's clock",
  config: "shows the configuration space of endpoints",
} as const satisfies Readonly<Record<string, string>>;

export type Ability = keyof typeof abilities;

export const abilityNames = Object.keys(abilities) as Ability[];

/** Abilities without which an operation makes no sense. */
export const abilitiesOfOperations: Readonly<Partial<Record<OperationName, Ability>>> = {
  "read-config": "config",
  "write-config": "config",
  dma: "dma",
  "begin-access": "in-flight",
  "end-access": "in-flight",
  "request-translation": "ats",
  "request-page": "pri",
  interrupt: "interrupt-requests",
  "complete-invalidation": "invalidation-completions",
  advance: "clock",
  poison: "poison",
  heal: "poison",
};
