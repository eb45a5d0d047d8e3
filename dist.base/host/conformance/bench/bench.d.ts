import { FrameAllocator } from "../../tables/frames.js";
import type { ReportedCapabilities } from "../capabilities.js";
import type { Session } from "../target.js";
import { GlobalCommands } from "./commands.js";
import { Endpoints } from "./endpoints.js";
import { UnitEvents } from "./events.js";
import { Expectations } from "./expectations.js";
import { FaultExpectations } from "./fault-expectations.js";
import { FaultRecords } from "./faults.js";
import { InvalidationQueue } from "./invalidation.js";
import { PageRequestQueue } from "./page-requests.js";
import { RegisterBank } from "./registers.js";
import { ShadowMemory } from "./shadow-memory.js";
import { World, type WorldKind, type WorldOptions } from "./world.js";
/** What a case works with: one unit after power-good reset, and the idioms of its software. */
export declare class Bench {
    #private;
    readonly capabilities: ReportedCapabilities;
    /** Guest memory as the case writes it; see ShadowMemory. */
    readonly memory: ShadowMemory;
    /** Frames of the suite's RAM. */
    readonly frames: FrameAllocator;
    readonly registers: RegisterBank;
    readonly commands: GlobalCommands;
    readonly queue: InvalidationQueue;
    readonly pageRequests: PageRequestQueue;
    readonly endpoints: Endpoints;
    readonly events: UnitEvents;
    readonly faults: FaultRecords;
    readonly expect: Expectations;
    readonly expectFault: FaultExpectations;
    constructor(session: Session, capabilities: ReportedCapabilities);
    /** A field of CAP or ECAP, or MAJOR or MINOR. */
    value(capability: string): number;
    has(capability: string): boolean;
    /** Bits of a host physical address. */
    get hostAddressWidth(): number;
    /** Source-id of an endpoint of the target. Throws a CaseSkip if there are not so many. */
    endpoint(index?: number): number;
    /** Tables of a kind for the first endpoint; nothing is enabled yet. */
    world(kind: WorldKind, options?: WorldOptions): World;
    /** A page of RAM with contents that no other page of the case has. */
    page(count?: number): bigint;
    /** RAM that starts at a multiple of its size, a power of two from 4 KiB up. */
    aligned(size: number): bigint;
    /** The enabling sequence of a driver: queue, if the unit has one, root pointer, TE (§11.4.4.1). */
    start(world: {
        readonly rootTableAddress: bigint;
    }): Promise<void>;
    /** Global invalidation of all that translation caches (§6.5.3.1), through the queue if it is on. */
    invalidateAll(): Promise<void>;
    /** An access reads `length` bytes that are those at `output`. */
    expectRead(address: bigint, output: bigint, request?: ReadOptions): Promise<void>;
    /** An access writes, and memory at `output` has what it wrote. */
    expectWrite(address: bigint, output: bigint, request?: ReadOptions): Promise<void>;
    /** Makes accesses of the unit to these bytes fail. */
    poison(address: bigint, length: number, kinds?: {
        readonly reads?: boolean;
        readonly writes?: boolean;
    }): Promise<void>;
    /** Undoes every `poison`. */
    heal(): Promise<void>;
    /** Lets the clock of the unit run. */
    advance(ticks: number): Promise<void>;
    /** Resets the unit; guest memory stays. */
    reset(kind: "power-good" | "warm"): Promise<void>;
    /** Sends what still waits to be sent. */
    finish(): Promise<void>;
    /** Ends the case as skipped, for something that only its steps find out. */
    skip(reason: string): never;
}
interface ReadOptions {
    readonly sourceId?: number | undefined;
    readonly pasid?: number | undefined;
    readonly privileged?: boolean | undefined;
    readonly translated?: boolean | undefined;
    readonly length?: number | undefined;
}
export {};
