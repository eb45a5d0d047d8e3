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
  readonly virtio_9p?: { readonly virtio: V86Virtio };
  readonly virtio_net?: { readonly virtio: V86Virtio };
  readonly virtio_console?: { readonly virtio: V86Virtio };
  readonly virtio_balloon?: { readonly virtio: V86Virtio };
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
  readonly bios: { readonly main: ArrayBuffer | null | undefined };
  readonly option_roms: { readonly name: string; readonly data: Uint8Array }[];
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

type Needs = Readonly<Partial<Record<"object" | "function" | "number", readonly string[]>>>;

const NEEDED: Needs = {
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
    "v86.cpu.devices.pci.isa_bridge_space8",
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
    "v86.cpu.device_raise_irq",
    "v86.cpu.device_lower_irq",
    "v86.cpu.reboot_internal",
    "v86.cpu.stop_idling",
    "v86.cpu.get_eflags",
    "v86.cpu.get_apic_addr",
    "v86.cpu.jit_dirty_cache",
    "v86.cpu.read8",
    "v86.cpu.read16",
    "v86.cpu.read32s",
    "v86.cpu.write8",
    "v86.cpu.write16",
    "v86.cpu.write32",
    "v86.cpu.read_blob",
    "v86.cpu.write_blob",
    "v86.cpu.zero_memory",
  ],
  number: ["v86.cpu.mem8.byteOffset", "v86.cpu.memory_size.0"],
};

/** Every name that the plugin needs of every v86, with the kind that it must have. */
export const NEEDED_NAMES = namesOf(NEEDED);

/** A name of v86 from the emulator on, such as "v86.cpu.io", and the kind that it must have. */
export interface NeededName {
  readonly path: string;
  readonly kind: string;
}

function namesOf(needs: Needs, prefix = ""): NeededName[] {
  return Object.entries(needs).flatMap(([kind, paths]) =>
    paths.map((path) => ({ path: prefix + path, kind })),
  );
}

/**
 * The CPU of a loaded emulator, after every needed name was found.
 * @throws {V86MismatchError} naming the first that is missing or of another kind.
 */
export function checkedCpu(emulator: object): V86Cpu {
  requireNames(emulator, NEEDED_NAMES);
  return (emulator as { v86: { cpu: V86Cpu } }).v86.cpu;
}

const DRIVES: Needs = {
  object: ["master", "master.cpu", "slave", "slave.cpu"],
  number: ["dma_status"],
};
const VIRTIO: Needs = {
  object: ["cpu", "device_feature", "queues"],
  number: ["pci_id", "device_feature.1"],
};
const VIRT_QUEUE: Needs = {
  object: ["cpu"],
  function: ["avail_get_idx", "get_descriptor"],
  number: ["avail_addr", "avail_last_idx"],
};

/**
 * Names of the IDE controller that its translation needs, on the channels that it has.
 * @throws {V86MismatchError}
 */
export function checkIde(cpu: V86Cpu, ide: V86Ide): void {
  const at = "v86.cpu.devices.ide.";
  const names = [{ path: `${at}pci_id`, kind: "number" }];
  for (const channel of ["primary", "secondary"] as const) {
    if (ide[channel] !== undefined) names.push(...namesOf(DRIVES, `${at}${channel}.`));
  }
  requireNames({ v86: { cpu } }, names);
}

/**
 * Names of a virtio device that its translation needs, on all of its queues.
 * @param name the device's among those of the CPU, such as "virtio_net".
 * @throws {V86MismatchError}
 */
export function checkVirtio(cpu: V86Cpu, name: string): void {
  const emulator = { v86: { cpu } };
  const at = `v86.cpu.devices.${name}.virtio`;
  requireNames(emulator, [{ path: at, kind: "object" }, ...namesOf(VIRTIO, `${at}.`)]);
  const queues = valueAt(emulator, `${at}.queues`) as readonly unknown[];
  for (const index of queues.keys()) {
    requireNames(emulator, namesOf(VIRT_QUEUE, `${at}.queues.${index}.`));
  }
}

function requireNames(emulator: object, names: readonly NeededName[]): void {
  for (const { path, kind } of names) {
    const found = kindOf(valueAt(emulator, path));
    if (found !== kind) throw new V86MismatchError(path, `a ${kind}`, found);
  }
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
