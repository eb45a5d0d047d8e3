import type { Endpoint, EndpointPorts } from "../../pci/endpoint.js";
import { Msi } from "../../pci/msi.js";
import { PriControl } from "../../pci/pri-capability.js";
import type { DeviceTlbInvalidate, PageGroupResponse } from "../../spec/requests.js";
import { type EngineContext } from "./context.js";
import { type DeviceTlbData } from "./device-tlb.js";
import { type InterruptData } from "./interrupts.js";
import { Invalidations, type InvalidationData } from "./invalidations.js";
import { type PageRequestsData } from "./page-requests.js";
import { Queue, type QueueData } from "./queue.js";
import { type ReferencesData } from "./references.js";
/** What a snapshot holds of an engine, besides its configuration space. */
interface EngineData {
    readonly queues: readonly QueueData[];
    readonly pri: PageRequestsData;
    readonly tlb: DeviceTlbData;
    readonly invalidations: readonly InvalidationData[];
    readonly interrupts: InterruptData;
    readonly settings: Readonly<Record<string, unknown>>;
    readonly counters: Readonly<Record<string, unknown>>;
    readonly atsGaveUp: boolean;
    readonly scratch: number;
    readonly tlbIndex: number;
    readonly touched: boolean;
    readonly references: ReferencesData;
}
/** The parts of a dma-engine, wired. docs/dma-engine.md describes what software sees. */
export declare class DmaEngine implements Endpoint {
    #private;
    readonly context: EngineContext;
    readonly queues: readonly Queue[];
    readonly priControl: PriControl;
    readonly invalidations: Invalidations;
    readonly msi: Msi;
    readonly shape: string;
    scratch: number;
    tlbIndex: number;
    constructor(ports: EndpointPorts, sizes: {
        queues: number;
        tlbEntries: number;
    });
    get busy(): boolean;
    readBar(_bar: number, offset: number, size: number): bigint;
    writeBar(_bar: number, offset: number, size: number, value: bigint): void;
    tick(ticks: number): void;
    /** Everything behind BAR0 as after power-on. */
    reset(): void;
    snapshot(): EngineData;
    restore(state: unknown): void;
    pageGroupResponse(response: PageGroupResponse): void;
    deviceTlbInvalidate(request: DeviceTlbInvalidate): void;
}
export {};
