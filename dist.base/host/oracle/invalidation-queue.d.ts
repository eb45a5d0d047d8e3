import type { MemoryPort } from "../memory/port.js";
import type { AccessesInFlight } from "./accesses-in-flight.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { DeviceTlbRequests } from "./device-tlb-requests.js";
import type { EventInterface } from "./event-interface.js";
import type { FaultReporting } from "./fault-reporting.js";
import { type Latches } from "./global-commands.js";
import type { Outbox } from "./outbox.js";
import type { RegisterFile } from "./register-file.js";
/** What the queue works with and on. */
export interface QueueSurroundings {
    readonly unit: UnitCapabilities;
    readonly memory: MemoryPort;
    readonly registers: RegisterFile;
    readonly inFlight: AccessesInFlight;
    readonly deviceTlbs: DeviceTlbRequests;
    readonly faults: FaultReporting;
    /** The invalidation completion event. */
    readonly event: EventInterface;
    readonly outbox: Outbox;
}
/**
 * The invalidation queue (§6.5.2): descriptors in order, one at a time. It holds at a wait while
 * device-TLB invalidations are outstanding or accesses must be drained, by whatever asked for it, and at a device-TLB
 * invalidation while no ITag is free, or MIP is reached (implementation choice C6).
 */
export declare class InvalidationQueue {
    #private;
    constructor(around: QueueSurroundings, latches: Latches);
    /** A command latched something. A queue that is enabled starts before the next command does (C1). */
    latched(latches: Latches): void;
    /** Fetches and executes as long as it can. */
    run(): void;
}
