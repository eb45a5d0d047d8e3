import { type AcpiPlacement } from "./acpi/root-tables.js";
import type { Iommu } from "./iommu.js";
import { InterruptLog } from "./machine/interrupt-log.js";
import { type MemoryMapEntry } from "./machine/memory-map.js";
import type { EndpointDescription, MachineOptions } from "./machine/options.js";
import { type MachineSnapshotOptions } from "./machine/snapshot.js";
import { GuestMemory } from "./memory/guest-memory.js";
import { PciBus } from "./pci/bus.js";
import type { ConfigDoors } from "./pci/config-doors.js";
import type { EndpointFunction } from "./pci/function.js";
import type { MessageSignaledInterrupt } from "./spec/requests.js";
import { type SourceId } from "./spec/source-id.js";
/**
 * The built-in machine: RAM, a PCI Express bus, remapping units and endpoints, wired. Everything is
 * synchronous and deterministic; time passes only in `run`.
 */
export declare class Machine {
    #private;
    readonly memory: GuestMemory;
    /** Memory-mapped registers of units and endpoints: `bus.read32(address)`; hot plug. */
    readonly bus: PciBus;
    /** Configuration space, through function numbers, ports or ECAM. */
    readonly config: ConfigDoors;
    /** Remapping units in the order of the options. */
    readonly units: readonly Iommu[];
    /** Interrupt messages of units and endpoints. */
    readonly interrupts: InterruptLog;
    private constructor();
    /**
     * A machine as firmware hands it over: bridges have bus numbers and windows, base address registers
     * have addresses, memory space is enabled, bridges forward DMA, and no endpoint is a bus master.
     * @throws CapabilityError, RangeError for options that no machine can have.
     */
    static create(options: MachineOptions): Promise<Machine>;
    /**
     * A machine that goes on where `snapshot` was taken. `options` are those of the original; endpoints
     * that were plugged in or out since then are to be there or not. Guest memory comes from the
     * snapshot, or from `options.memory` if the snapshot has none.
     * @throws SnapshotError for the snapshot of another version, or of another shape of machine.
     */
    static restore(snapshot: Uint8Array, options: MachineOptions): Promise<Machine>;
    /**
     * Everything that the machine knows: units, functions, devices with their requests in flight,
     * pending interrupts, and guest memory unless `options` say otherwise; versioned.
     * @throws SnapshotError when a listener of the machine calls, and for a device without snapshots.
     */
    snapshot(options?: MachineSnapshotOptions): Uint8Array<ArrayBuffer>;
    /**
     * Puts this machine back to where `snapshot` was taken, of itself or of another one like it.
     * Listeners stay, and none is called. Guest memory is left alone if the snapshot has none. Nothing
     * has changed when it throws.
     * @throws SnapshotError for the snapshot of another version or of another shape of machine, and
     * when a listener of the machine calls.
     */
    restoreState(snapshot: Uint8Array): void;
    /** Lets time pass: in each tick every endpoint does one step, then every unit's clock runs. */
    run(ticks: number): void;
    /** Runs until no endpoint gets anything done by itself. Answers the ticks that passed. */
    settle(): number;
    /** The endpoint at a place. @throws Error if there is none, or no longer. */
    endpoint(bdf: SourceId): EndpointFunction;
    /** Hot-removes a function, with everything below if it is a bridge. */
    remove(bdf: SourceId): void;
    /** Hot-adds an endpoint; software gives addresses to its base address registers. */
    add(endpoint: EndpointDescription): EndpointFunction;
    /**
     * Sends a message of the I/O APIC, whose model is the user's, through the last unit (§5.1); answers
     * false if the unit blocks it.
     */
    ioApicInterrupt(message: MessageSignaledInterrupt): boolean;
    /** RAM and reserved ranges, as firmware reports them: reserved regions are no RAM (§8.4). */
    memoryMap(): MemoryMapEntry[];
    /** MADT, MCFG and DMAR, which describe this machine. */
    acpiTables(): Uint8Array[];
    /** Writes the ACPI tables to memory; answers the address of the RSDP. */
    writeAcpi(placement: AcpiPlacement): bigint;
}
