import type { EndpointDescription, UnitDescription } from "../../machine/options.js";
import { Machine } from "../../machine.js";
import { GuestMemory } from "../../memory/guest-memory.js";
import type { ConfigSize } from "../../pci/config-space.js";
import type { MmioSize } from "../../pci/mmio.js";
import type { MessageSignaledInterrupt } from "../../spec/requests.js";
import { chipset, ECAM_BASE } from "./chipset.js";
import { CommandError, OptionError } from "./command-error.js";
import { InterruptLines } from "./interrupt-lines.js";
import { Q35Clock } from "./q35-clock.js";

export interface Q35Options {
  /** Bytes of RAM, a multiple of 1 MiB. */
  readonly memoryBytes: number;
  /** Default none. Its registers lie at 0xFED90000. */
  readonly unit?: Omit<UnitDescription, "base" | "scope">;
  readonly endpoints?: readonly EndpointDescription[];
}

/** As q35: with this much RAM and more, only 2 GiB of it lie below 4 GiB. */
const SPLIT_FROM = 0xb000_0000;
const LOW_RAM = 0x8000_0000;
const HIGH_RAM = 0x1_0000_0000n;
const MIB = 2 ** 20;
/** Messages that nobody took; older ones are forgotten. */
const MOST_MESSAGES = 4096;
/** The chipset's reset control register. */
const RESET_CONTROL = { port: 0xcf9, reset: 1 << 2 };
const CONFIG_PORTS = { address: 0xcf8, data: 0xcfc, last: 0xcff };

/**
 * The built-in machine with the addresses of QEMU's q35, and without firmware: base address registers are
 * 0 until software sets them. It answers the accesses of a qtest client.
 */
export class Q35 {
  readonly machine: Machine;
  readonly clock: Q35Clock;
  readonly lines: InterruptLines;
  #messages: MessageSignaledInterrupt[] = [];
  #selectedByte = 0;

  private constructor(machine: Machine) {
    this.machine = machine;
    this.clock = new Q35Clock(machine);
    this.lines = new InterruptLines(machine.bus);
    machine.interrupts.on(() => {
      this.#messages.push(...machine.interrupts.take());
      if (this.#messages.length > MOST_MESSAGES) this.#messages.shift();
    });
    for (const { bdf, model } of chipset) machine.bus.addEndpoint({ bdf, model });
    this.reset();
  }

  /**
   * @throws OptionError for RAM that cannot be; CapabilityError, RangeError for a unit or endpoints that
   * cannot be.
   */
  static async create(options: Q35Options): Promise<Q35> {
    const { memoryBytes, unit, endpoints = [] } = options;
    const machine = await Machine.create({
      memory: memoryOf(memoryBytes),
      units: unit === undefined ? [] : [unit],
      endpoints,
      topology: { ecam: { base: ECAM_BASE, lastBus: 255 } },
    });
    return new Q35(machine);
  }

  /** As a system reset does: units and functions as after power-on. RAM and the clock keep what they have. */
  reset(): void {
    const { bus, config, units } = this.machine;
    bus.abandonRequests();
    for (const unit of units) unit.reset("power-good");
    for (const each of bus.topology.all()) each.reset();
    config.select(0);
    this.#selectedByte = 0;
    this.#messages = [];
  }

  /** Interrupt messages that reached the root complex since the last call or reset, the last 4096 of them. */
  takeMessages(): MessageSignaledInterrupt[] {
    const taken = this.#messages;
    this.#messages = [];
    return taken;
  }

  /** An access of the processor; all ones where nothing is. */
  read(address: bigint, size: MmioSize): bigint {
    const { memory, bus } = this.machine;
    if (memory.contains(address, size)) return fromBytes(memory.readBytes(address, size));
    return bus.read(address, size);
  }

  write(address: bigint, size: MmioSize, value: bigint): void {
    const { memory, bus } = this.machine;
    if (memory.contains(address, size)) memory.writeBytes(address, toBytes(value, size));
    else bus.write(address, size, value);
  }

  /** Bytes of memory; registers are read by aligned accesses of up to 32 bits, in ascending order. */
  readBytes(address: bigint, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (const { at, size, ram } of this.#pieces(address, length)) {
      const start = address + BigInt(at);
      if (ram) bytes.set(this.machine.memory.readBytes(start, size), at);
      else bytes.set(toBytes(this.machine.bus.read(start, size as MmioSize), size), at);
    }
    return bytes;
  }

  writeBytes(address: bigint, bytes: Uint8Array): void {
    for (const { at, size, ram } of this.#pieces(address, bytes.length)) {
      const start = address + BigInt(at);
      const piece = bytes.subarray(at, at + size);
      if (ram) this.machine.memory.writeBytes(start, piece);
      else this.machine.bus.write(start, size as MmioSize, fromBytes(piece));
    }
  }

  /** Sets bytes. @throws CommandError beyond RAM for more than `most` bytes, for those are written one by one. */
  fill(address: bigint, length: number, value: number, most: number): void {
    if (this.machine.memory.contains(address, length)) {
      this.machine.memory.fill(address, length, value);
      return;
    }
    if (length > most) {
      throw new CommandError(`${length} bytes that are not all RAM are more than ${most}`);
    }
    this.writeBytes(address, new Uint8Array(length).fill(value));
  }

  /** Ports: those of configuration space, and CF9h, which resets the machine. */
  portRead(port: number, size: ConfigSize): number {
    if (!isConfigPort(port)) return 2 ** (8 * size) - 1;
    return this.machine.config.portRead(port | this.#byteOf(port), size);
  }

  portWrite(port: number, size: ConfigSize, value: number): void {
    if (!isConfigPort(port)) return;
    if (port === RESET_CONTROL.port && size === 1) {
      if ((value & RESET_CONTROL.reset) !== 0) this.reset();
      return;
    }
    if (port === CONFIG_PORTS.address && size === 4) this.#selectedByte = value & 3;
    this.machine.config.portWrite(port | this.#byteOf(port), size, value);
  }

  /** QEMU adds the lowest bits of what was selected to the data port, and its test library relies on it. */
  #byteOf(port: number): number {
    return port >= CONFIG_PORTS.data ? this.#selectedByte : 0;
  }

  *#pieces(
    address: bigint,
    length: number,
  ): Iterable<{ readonly at: number; readonly size: number; readonly ram: boolean }> {
    for (let at = 0; at < length;) {
      const start = address + BigInt(at);
      const left = length - at;
      const region = this.machine.memory.regions.find(
        (each) => start >= each.start && start < each.start + BigInt(each.size),
      );
      const ram = region !== undefined;
      const size = ram
        ? Math.min(left, Number(region.start - start) + region.size)
        : registerPiece(start, left);
      yield { at, size, ram };
      at += size;
    }
  }
}

function registerPiece(address: bigint, left: number): number {
  const alignment = (address & 3n) === 0n ? 4 : (address & 1n) === 0n ? 2 : 1;
  return left >= 4 && alignment === 4 ? 4 : left >= 2 && alignment >= 2 ? 2 : 1;
}

function isConfigPort(port: number): boolean {
  return port >= CONFIG_PORTS.address && port <= CONFIG_PORTS.last;
}

function memoryOf(bytes: number): GuestMemory {
  if (!Number.isInteger(bytes) || bytes < MIB || bytes % MIB !== 0) {
    throw new OptionError(`RAM of ${bytes} bytes: expected a multiple of 1 MiB`);
  }
  const most = 4095;
  if (bytes > most * MIB) {
    throw new OptionError(`RAM of ${bytes / MIB} MiB: at most ${most} MiB are possible`);
  }
  if (bytes < SPLIT_FROM) return GuestMemory.create({ size: bytes });
  const regions = [{ start: HIGH_RAM, size: bytes - LOW_RAM }];
  return GuestMemory.create({ size: LOW_RAM, regions });
}

function fromBytes(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

function toBytes(value: bigint, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
