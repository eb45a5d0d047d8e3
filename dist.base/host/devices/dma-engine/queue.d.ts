import type { EngineContext } from "./context.js";
import { type Descriptor, type Outcome } from "./descriptor.js";
import { type OperationData } from "./operations.js";
import type { PageUse } from "./page-search.js";
import { QueueReport } from "./queue-report.js";
import type { References, Referents } from "./references.js";
import { type QueueState } from "./registers.js";
/** What the next step does. An enabled queue goes round the first row; the second disables it. */
type Phase = ("look at ring" | "finish fetch" | "begin descriptor" | "execute" | "finish result") | ("abort" | "finish abort" | "send rest" | "await answers") | "nothing";
export interface QueueData {
    readonly control: number;
    readonly pasid: number;
    readonly ringSize: number;
    readonly ringBase: bigint;
    readonly state: QueueState;
    readonly phase: Phase;
    readonly active: boolean;
    readonly paused: boolean;
    readonly report: QueueReport;
    readonly request?: unknown;
    readonly descriptor?: Descriptor;
    readonly use?: PageUse;
    readonly operation?: OperationData;
    readonly outcome?: Outcome;
}
/** One ring of descriptors and what is done with them, a step a tick. */
export declare class Queue {
    #private;
    readonly report: QueueReport;
    constructor(number: number, context: EngineContext);
    get control(): number;
    get pasid(): number;
    set pasid(value: number);
    get ringSize(): number;
    set ringSize(value: number);
    get ringBase(): bigint;
    set ringBase(value: bigint);
    get state(): QueueState;
    get active(): boolean;
    get inFlight(): boolean;
    get busy(): boolean;
    /** True if a step gets something done though nothing reached the device since the last one. */
    get proceeds(): boolean;
    /** The doorbell. */
    ring(tail: number): void;
    writeControl(value: number): void;
    /** One step. Without bus mastering only what is in flight, or being disabled, goes on. */
    step(): void;
    /** As after power-on; what is in flight ends. */
    reset(): void;
    snapshot(references: References): QueueData;
    restore(data: QueueData, referents: Referents): void;
}
export {};
