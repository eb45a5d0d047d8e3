import { type Capabilities, type CapabilityOptions } from "./core/capabilities.js";
import type { CacheSizes, CoreOptions } from "./core/configuration.js";
import { type Core } from "./core/core.js";
import { type Listener } from "./core/deliveries.js";
import { type Explanation, type InterruptExplanation } from "./core/explanation.js";
import type { MemorySource } from "./core/guest-memory-port.js";
import { type CounterName } from "./core/layout.js";
import { type IommuEvents } from "./core/outbox.js";
import type { GuestMemory, GuestMemoryOptions } from "./memory/guest-memory.js";
import type { InterruptRequest, MemoryRequest, PageRequest, PageRequestResult, RemapInterruptResult, TranslatedRequest, TranslateResult, TranslationRequest, TranslationResult } from "./spec/requests.js";
/** What there is to choose of a unit, whatever memory it reads. */
export interface UnitOptions extends CapabilityOptions {
    /** Entries of each cache, down to one. */
    readonly caches?: CacheSizes;
    /** Keep one pending fault record for each source-id (§7.2.1). Default true. */
    readonly faultCollapse?: boolean;
    /** Ticks until a device-TLB invalidation times out (§6.5.2.11). Default 1,000,000. */
    readonly invalidationTimeout?: number | bigint;
    /** Send "trace" events: register accesses, descriptors, page requests. Default false. */
    readonly trace?: boolean;
    /** Send "memoryWrite" events for guest memory that the unit writes. Default false. */
    readonly reportWrites?: boolean;
}
export interface IommuOptions extends UnitOptions {
    /** Guest memory: a GuestMemory, a part of a WebAssembly memory, or an object with the port's methods. */
    readonly memory: MemorySource;
}
export interface EmbeddedIommuOptions extends UnitOptions {
    /** The RAM that the unit brings with it. */
    readonly memory: GuestMemoryOptions;
}
/** A request that stays in flight until `endAccess` of its token. */
export interface AccessInFlight {
    readonly result: TranslateResult;
    /** 0 when the request was not translated: then there is nothing to end. */
    readonly token: number;
}
/**
 * A virtual VT-d remapping unit: registers, translation, faults, queues and page requests.
 *
 * Calls are synchronous. What the unit sends (interrupts, messages to devices) reaches the listeners
 * before the call returns, in order; a listener may call the unit again, and what that causes is
 * delivered behind what is already on its way.
 */
export declare class Iommu {
    #private;
    /** What the unit reports in VER, CAP and ECAP. */
    readonly capabilities: Capabilities;
    private constructor();
    /**
     * A unit after power-good reset.
     * @throws CapabilityError for an illegal combination of capabilities, naming the rule.
     * @throws RangeError for an option out of range.
     */
    static create(options: IommuOptions): Promise<Iommu>;
    /**
     * A unit with guest RAM inside its own WebAssembly memory: the build without imports.
     * @throws as `create`, and a RangeError for more RAM than 4 GiB together with the unit's own.
     */
    static createEmbedded(options: EmbeddedIommuOptions): Promise<{
        readonly iommu: Iommu;
        readonly memory: GuestMemory;
    }>;
    /**
     * A unit over a core that somebody else makes: that of another engine.
     * @internal
     */
    static over(options: UnitOptions, makeCore: (options: CoreOptions) => Promise<Core>): Promise<Iommu>;
    /**
     * A unit that goes on where `snapshot` was taken. `options` are those of the original; guest
     * memory is not part of a snapshot.
     * @throws SnapshotError for the snapshot of another version or of a unit with other options.
     */
    static restore(snapshot: Uint8Array, options: IommuOptions): Promise<Iommu>;
    /**
     * Puts this unit back to where `snapshot` was taken, of itself or of another with the same options.
     * Listeners stay; guest memory is left to the caller. Nothing has changed when it throws.
     * @throws SnapshotError for the snapshot of another version or of a unit with other options, and
     * when a listener of this unit calls.
     */
    restoreState(snapshot: Uint8Array): void;
    /** Throws what `restoreState` would throw, and changes nothing. @throws SnapshotError */
    checkSnapshot(snapshot: Uint8Array): void;
    /**
     * Everything that the unit knows, without guest memory; versioned.
     * @throws SnapshotError while messages are on their way to listeners, which a snapshot does not hold.
     */
    snapshot(): Uint8Array<ArrayBuffer>;
    /** @throws RegisterAccessError for an access that the manual leaves undefined; buses use `access`. */
    read32(offset: number): number;
    /** @throws RegisterAccessError */
    read64(offset: number): bigint;
    /** @throws RegisterAccessError */
    write32(offset: number, value: number): void;
    /** @throws RegisterAccessError */
    write64(offset: number, value: bigint): void;
    /**
     * An access as a bus sees it: never throws for its shape. A read that no register answers gives
     * all ones, and such a write is dropped (implementation choice C7).
     */
    access(request: {
        readonly kind: "read";
        readonly offset: number;
        readonly size: number;
    } | {
        readonly kind: "write";
        readonly offset: number;
        readonly size: number;
        readonly value: bigint;
    }): {
        readonly value: bigint;
        readonly problem?: string;
    };
    /**
     * §11.3: a warm reset keeps the sticky bits of the fault registers. Requests in flight are forgotten,
     * and their tokens are of none: whoever holds some ends them before (`bus.abandonRequests()`).
     */
    reset(kind: "power-good" | "warm"): void;
    /** Lets the unit's clock run: time-outs that fall due happen. */
    advance(ticks: number | bigint): void;
    /** Ticks until something happens by itself; undefined if nothing will. */
    nextDeadline(): bigint | undefined;
    /** Translates an untranslated request (§3.4). */
    translate(request: MemoryRequest): TranslateResult;
    /**
     * The hi/lo form of `translate`, without objects and BigInt: answers the status (0 translated), and
     * leaves the output address in `translatedLow` and `translatedHigh`. `access` is the access word of
     * the batch form. Pass -1 as PASID for a request without one.
     */
    translateWords(sourceId: number, pasid: number, addressLow: number, addressHigh: number, access: number): number;
    /** Bits 31:0 of the address that the last `translateWords` answered. */
    get translatedLow(): number;
    /** Bits 63:32 of the address that the last `translateWords` answered. */
    get translatedHigh(): number;
    /**
     * Translates many requests in one call: records of 32 bytes, little-endian,
     * {u64 address, u32 source-id, u32 PASID (all ones: none), u32 access, u32 status, u64 output}.
     * Access: bits 1:0 0 read, 1 write, 2 AtomicOp; 2 privileged; 3 execute; 28:16 size in bytes.
     * Status: bits 7:0 0 translated, 1 interrupt, 2 fault, 3 blocked; 15:8 fault reason; 31:24 the condition, by its
     * place in `faultConditions` of viommu/spec, counted from 1.
     * The last two fields are written. Answers how many records were not translated. Nothing is checked:
     * source-ids above 16 bits and PASIDs above 20 mean nothing.
     */
    translateBatch(records: Uint8Array): number;
    /**
     * Like `translate`, and the request stays in flight until `endAccess`: drains wait for it (§6.5.4).
     * @throws Error when 1024 requests are in flight already.
     */
    beginAccess(request: MemoryRequest): AccessInFlight;
    /** Ends a request in flight; token 0 is ignored. @throws RangeError for an unknown token. */
    endAccess(token: number): void;
    /** An ATS translation request (§4.2.1, §4.2.3). */
    requestTranslation(request: TranslationRequest): TranslationResult;
    /** A request whose address the device has had translated (§4.2.5). */
    translateTranslated(request: TranslatedRequest): TranslateResult;
    /** A Page Request message (§7.4). */
    requestPage(request: PageRequest): PageRequestResult;
    /**
     * An interrupt request of a device or an interrupt controller (§5.1): remapped, passed on as it came,
     * posted (§5.2), or blocked and reported. `translate` tells which writes are interrupt requests. The
     * unit's own interrupts are never remapped (§5.1.6).
     */
    remapInterrupt(request: InterruptRequest): RemapInterruptResult;
    /** An Invalidate Completion message of a device (§4.3); one that nobody awaits sets FSTS.ICE. */
    completeInvalidation(completion: {
        readonly sourceId: number;
        readonly itag: number;
    }): void;
    /**
     * What `translate` would do: every word that it would read and every cached entry that it would
     * use, decoded, and the check that decides. Changes nothing, neither in the unit nor in memory.
     */
    explain(request: MemoryRequest): Explanation;
    /** What `remapInterrupt` would do; changes nothing. */
    explainInterrupt(request: InterruptRequest): InterruptExplanation;
    /** Event counters since the power-good reset. */
    counters(): Record<CounterName, bigint>;
    /** Calls `listener` for each event of a kind; answers a function that ends that. */
    on<K extends keyof IommuEvents>(kind: K, listener: Listener<K>): () => void;
}
