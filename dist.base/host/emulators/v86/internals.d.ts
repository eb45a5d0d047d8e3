/**
 * The names inside v86 that this plugin needs beyond v86's published interface, and the check that
 * they are there. v86 has no plugin interface: its npm releases keep the names, but promise nothing.
 */
/** The v86 release that the plugin is written and tested against. */
export declare const TESTED_V86_VERSION = "0.5.462";
type Read8 = (address: number) => number;
type Write8 = (address: number, value: number) => void;
/** v86's map of MMIO handlers: one entry for each 128 KiB of the address space. */
export interface V86MemoryMap {
    readonly memory_map_read8: (Read8 | undefined)[];
    readonly memory_map_write8: (Write8 | undefined)[];
    readonly memory_map_read32: (Read8 | undefined)[];
    readonly memory_map_write32: (Write8 | undefined)[];
}
export interface V86Io {
    mmap_register(base: number, size: number, read8: Read8, write8: Write8, read32: Read8, write32: Write8): void;
    register_read(port: number, device: object, read8?: () => number, read16?: () => number, read32?: () => number): void;
    register_write(port: number, device: object, write8?: (value: number) => void, write16?: (value: number) => void, write32?: (value: number) => void): void;
}
/** A base address register of one of v86's functions. */
export interface V86Bar {
    readonly size: number;
    readonly original_bar: number;
    readonly entries: readonly unknown[];
}
export interface V86Function {
    readonly name: string;
    readonly pci_bars: (V86Bar | undefined)[];
}
/** v86's PCI bus: one bus, and 256 bytes of plain memory for the configuration of each function. */
export interface V86Pci {
    readonly devices: readonly (V86Function | undefined)[];
    readonly device_spaces: readonly (Int32Array | undefined)[];
    readonly pci_addr32: Int32Array;
    readonly pci_response: Uint8Array;
    readonly pci_response32: Int32Array;
    readonly pci_status32: Int32Array;
    /** Configuration space of the PIIX3. */
    readonly isa_bridge_space8: Uint8Array;
    pci_query(): void;
    pci_write8(address: number, value: number): void;
    pci_write16(address: number, value: number): void;
    pci_write32(address: number, value: number): void;
}
/** A drive of v86's IDE controller; `cpu` is what its DMA goes through. */
export interface V86IdeDrive {
    cpu: V86Cpu;
}
export interface V86IdeChannel {
    readonly master: V86IdeDrive;
    readonly slave: V86IdeDrive;
    /** The status register of the bus master: bit 1 is Error. */
    dma_status: number;
}
export interface V86Ide {
    readonly pci_id: number;
    readonly primary: V86IdeChannel | undefined;
    readonly secondary: V86IdeChannel | undefined;
}
export interface V86VirtioDescriptor {
    readonly addr_low: number;
    readonly addr_high: number;
    readonly len: number;
    readonly flags: number;
    readonly next: number;
}
export interface V86VirtQueue {
    cpu: V86Cpu;
    readonly avail_addr: number;
    readonly avail_last_idx: number;
    avail_get_idx(): number;
    get_descriptor(table: number, index: number): V86VirtioDescriptor;
}
/** The transport of a virtio device: a PCI function with queues. */
export interface V86Virtio {
    cpu: V86Cpu;
    readonly pci_id: number;
    readonly device_feature: Uint32Array;
    readonly queues: readonly V86VirtQueue[];
}
/** v86's devices that access memory by themselves; all but `pci` depend on v86's options. */
export interface V86Devices {
    readonly pci: V86Pci;
    readonly ide?: V86Ide;
    readonly virtio_9p?: {
        readonly virtio: V86Virtio;
    };
    readonly virtio_net?: {
        readonly virtio: V86Virtio;
    };
    readonly virtio_console?: {
        readonly virtio: V86Virtio;
    };
    readonly virtio_balloon?: {
        readonly virtio: V86Virtio;
    };
}
export interface V86Cpu extends V86MemoryMap {
    readonly io: V86Io;
    readonly devices: V86Devices;
    readonly wasm_memory: WebAssembly.Memory;
    /** Guest RAM; its byteOffset says where it lies in `wasm_memory`. */
    readonly mem8: Uint8Array;
    readonly memory_size: Uint32Array;
    readonly in_hlt: Uint8Array;
    readonly acpi_enabled: Uint8Array;
    readonly bios: {
        readonly main: ArrayBuffer | null | undefined;
    };
    readonly option_roms: {
        readonly name: string;
        readonly data: Uint8Array;
    }[];
    main_loop(): number;
    run_hardware_timers(acpiEnabled: number, now: number): number;
    handle_irqs(): void;
    device_raise_irq(irq: number): void;
    device_lower_irq(irq: number): void;
    reboot_internal(): void;
    stop_idling(): void;
    get_eflags(): number;
    get_apic_addr(): number;
    jit_dirty_cache(start: number, end: number): void;
    read8(address: number): number;
    read16(address: number): number;
    read32s(address: number): number;
    write8(address: number, value: number): void;
    write16(address: number, value: number): void;
    write32(address: number, value: number): void;
    read_blob(address: number, length: number): Uint8Array;
    write_blob(bytes: Uint8Array, address: number): void;
    zero_memory(address: number, length: number): void;
}
/** What an emulator looks like from here: V86's own type declares only the methods. */
export interface V86Like {
    readonly v86?: {
        readonly cpu?: V86Cpu;
    };
    add_listener(event: string, listener: (argument: never) => void): void;
    remove_listener(event: string, listener: (argument: never) => void): void;
    is_running(): boolean;
    stop(): Promise<void>;
}
/** The v86 in use lacks a name that the plugin needs. */
export declare class V86MismatchError extends Error {
    readonly name = "V86MismatchError";
    /** The name that is missing or of another kind, from the emulator on: "v86.cpu.io.mmap_register". */
    readonly missing: string;
    constructor(missing: string, expected: string, found: string);
}
/** Every name that the plugin needs of every v86, with the kind that it must have. */
export declare const NEEDED_NAMES: NeededName[];
/** A name of v86 from the emulator on, such as "v86.cpu.io", and the kind that it must have. */
export interface NeededName {
    readonly path: string;
    readonly kind: string;
}
/**
 * The CPU of a loaded emulator, after every needed name was found.
 * @throws {V86MismatchError} naming the first that is missing or of another kind.
 */
export declare function checkedCpu(emulator: object): V86Cpu;
/**
 * Names of the IDE controller that its translation needs, on the channels that it has.
 * @throws {V86MismatchError}
 */
export declare function checkIde(cpu: V86Cpu, ide: V86Ide): void;
/**
 * Names of a virtio device that its translation needs, on all of its queues.
 * @param name the device's among those of the CPU, such as "virtio_net".
 * @throws {V86MismatchError}
 */
export declare function checkVirtio(cpu: V86Cpu, name: string): void;
/** True once v86 has created its devices: what "emulator-loaded" announces. */
export declare function isLoaded(emulator: object): boolean;
export {};
