/**
 * The names inside v86 that this plugin needs beyond v86's published interface, and the check that
 * they are there. v86 has no plugin interface: its npm releases keep the names, but promise nothing.
 */

/** The v86 release that the plugin is written and tested against. */
export const TESTED_V86_VERSION = "0.5.462";

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
  mmap_register(
    base: number,
    size: number,
    read8: Read8,
    write8: Write8,
    read32: Read8,
    write32: Write8,
  ): void;
  register_read(
    port: number,
    device: object,
    read8?: () => number,
    read16?: () => number,
    read32?: () => number,
  ): void;
  register_write(
    port: number,
    device: object,
    write8?: (value: number) => void,
    write16?: (value: number) => void,
    write32?: (value: number) => void,
  ): void;
}

/** v86's PCI bus: one bus, and 256 bytes of plain memory for the configuration of each function. */
export interface V86Pci {
  readonly devices: readonly ({ readonly name: string } | undefined)[];
  readonly device_spaces: readonly (Int32Array | undefined)[];
  readonly pci_addr32: Int32Array;
  readonly pci_response: Uint8Array;
  readonly pci_response32: Int32Array;
  readonly pci_status32: Int32Array;
  pci_query(): void;
  pci_write8(address: number, value: number): void;
  pci_write16(address: number, value: number): void;
  pci_write32(address: number, value: number): void;
}

export interface V86Cpu extends V86MemoryMap {
  readonly io: V86Io;
  readonly devices: { readonly pci: V86Pci };
  readonly wasm_memory: WebAssembly.Memory;
  /** Guest RAM; its byteOffset says where it lies in `wasm_memory`. */
  readonly mem8: Uint8Array;
  readonly memory_size: Uint32Array;
  readonly in_hlt: Uint8Array;
  readonly acpi_enabled: Uint8Array;
  readonly bios: { readonly main: ArrayBuffer | null | undefined };
  readonly option_roms: { readonly name: string; readonly data: Uint8Array }[];
  main_loop(): number;
  run_hardware_timers(acpiEnabled: number, now: number): number;
  handle_irqs(): void;
  reboot_internal(): void;
  stop_idling(): void;
  get_eflags(): number;
  get_apic_addr(): number;
  jit_dirty_cache(start: number, end: number): void;
}

/** What an emulator looks like from here: V86's own type declares only the methods. */
export interface V86Like {
  readonly v86?: { readonly cpu?: V86Cpu };
  add_listener(event: string, listener: (argument: never) => void): void;
  remove_listener(event: string, listener: (argument: never) => void): void;
  is_running(): boolean;
  stop(): Promise<void>;
}

/** The v86 in use lacks a name that the plugin needs. */
export class V86MismatchError extends Error {
  override readonly name = "V86MismatchError";
  /** The name that is missing or of another kind, from the emulator on: "v86.cpu.io.mmap_register". */
  readonly missing: string;

  constructor(missing: string, expected: string, found: string) {
    super(
      `this v86 has no usable "emulator.${missing}" (expected ${expected}, found ${found}): ` +
        `viommu needs names that v86 does not publish, and was tested with v86 ` +
        `${TESTED_V86_VERSION}; install that version`,
    );
    this.missing = missing;
  }
}

const NEEDED: Readonly<Record<"object" | "function" | "number", readonly string[]>> = {
  object: [
    "v86",
    "v86.cpu",
    "v86.cpu.io",
    "v86.cpu.devices",
    "v86.cpu.devices.pci",
    "v86.cpu.devices.pci.devices",
    "v86.cpu.devices.pci.device_spaces",
    "v86.cpu.devices.pci.pci_addr32",
    "v86.cpu.devices.pci.pci_response",
    "v86.cpu.devices.pci.pci_response32",
    "v86.cpu.devices.pci.pci_status32",
    "v86.cpu.memory_map_read8",
    "v86.cpu.memory_map_write8",
    "v86.cpu.memory_map_read32",
    "v86.cpu.memory_map_write32",
    "v86.cpu.wasm_memory",
    "v86.cpu.mem8",
    "v86.cpu.memory_size",
    "v86.cpu.in_hlt",
    "v86.cpu.acpi_enabled",
    "v86.cpu.bios",
    "v86.cpu.option_roms",
  ],
  function: [
    "v86.cpu.io.mmap_register",
    "v86.cpu.io.register_read",
    "v86.cpu.io.register_write",
    "v86.cpu.devices.pci.pci_query",
    "v86.cpu.devices.pci.pci_write8",
    "v86.cpu.devices.pci.pci_write16",
    "v86.cpu.devices.pci.pci_write32",
    "v86.cpu.main_loop",
    "v86.cpu.run_hardware_timers",
    "v86.cpu.handle_irqs",
    "v86.cpu.reboot_internal",
    "v86.cpu.stop_idling",
    "v86.cpu.get_eflags",
    "v86.cpu.get_apic_addr",
    "v86.cpu.jit_dirty_cache",
  ],
  number: ["v86.cpu.mem8.byteOffset", "v86.cpu.memory_size.0"],
};

/** Every name of v86 that the plugin needs, with the kind that it must have. */
export const NEEDED_NAMES: readonly { readonly path: string; readonly kind: string }[] =
  Object.entries(NEEDED).flatMap(([kind, paths]) => paths.map((path) => ({ path, kind })));

/**
 * The CPU of a loaded emulator, after every needed name was found.
 * @throws {V86MismatchError} naming the first that is missing or of another kind.
 */
export function checkedCpu(emulator: object): V86Cpu {
  for (const { path, kind } of NEEDED_NAMES) {
    const found = kindOf(valueAt(emulator, path));
    if (found !== kind) throw new V86MismatchError(path, `a ${kind}`, found);
  }
  return (emulator as { v86: { cpu: V86Cpu } }).v86.cpu;
}

/** True once v86 has created its devices: what "emulator-loaded" announces. */
export function isLoaded(emulator: object): boolean {
  return kindOf(valueAt(emulator, "v86.cpu.devices.pci")) === "object";
}

function valueAt(root: object, path: string): unknown {
  let value: unknown = root;
  for (const name of path.split(".")) {
    if (kindOf(value) !== "object") return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}
