import { Bar, type BarPlacement, type BarShape } from "./bar.js";
import { addCapabilities, type Capability } from "./capability.js";
import { ConfigSpace } from "./config-space.js";
import type { Endpoint } from "./endpoint.js";
import {
  command,
  defineBridgeHeader,
  defineEndpointHeader,
  header,
  SECONDARY_BUS_RESET,
  type FunctionIdentity,
} from "./header.js";
import { pcie } from "./pcie-capability.js";

/** A place on a bus: device 0 to 31, function 0 to 7. */
export interface Slot {
  readonly device: number;
  readonly function: number;
}

/** What endpoints and bridges have in common. */
export abstract class PciFunction {
  readonly config = new ConfigSpace();
  readonly slot: Slot;
  /** The bridge above; undefined on the root bus. */
  readonly parent: PciBridge | undefined;
  /** Set for good by hot removal. */
  removed = false;

  protected constructor(slot: Slot, parent: PciBridge | undefined) {
    this.slot = slot;
    this.parent = parent;
  }

  /** Requester id: the bus number that the bridge above has now, device and function. */
  get id(): number {
    return ((this.parent?.secondary ?? 0) << 8) | (this.slot.device << 3) | this.slot.function;
  }

  get memoryEnabled(): boolean {
    return this.#commandBit(command.memorySpace);
  }

  get busMaster(): boolean {
    return this.#commandBit(command.busMaster);
  }

  /** Sets bits of the command register, as firmware does. */
  enable(commandBits: number): void {
    this.config.change(header.command, 2, { set: commandBits });
  }

  /** Configuration space to its reset values. */
  reset(): void {
    this.config.reset();
  }

  #commandBit(bit: number): boolean {
    return (this.config.get(header.command, 2) & bit) !== 0;
  }
}

export interface EndpointFunctionOptions {
  readonly slot: Slot;
  readonly parent?: PciBridge | undefined;
  readonly identity: FunctionIdentity;
  readonly bars: readonly BarShape[];
  readonly capabilities: readonly Capability[];
}

/** A function with a type 0 header and a device behind it. */
export class EndpointFunction extends PciFunction {
  readonly bars: readonly Bar[];
  #endpoint: Endpoint | undefined;

  constructor(options: EndpointFunctionOptions) {
    super(options.slot, options.parent);
    defineEndpointHeader(this.config, options.identity);
    this.bars = options.bars.map((shape) => new Bar(this.config, shape));
    addCapabilities(this.config, options.capabilities);
    const express = options.capabilities.find(
      ({ kind, id }) => kind === "standard" && id === pcie.id,
    );
    if (express) this.#watchFunctionLevelReset(express.at + pcie.deviceControl);
  }

  /** The device; it is given once, after the function exists. */
  get endpoint(): Endpoint {
    if (!this.#endpoint) throw new Error("the function has no device behind it yet");
    return this.#endpoint;
  }

  attach(endpoint: Endpoint): void {
    this.#endpoint = endpoint;
  }

  placeBar(index: number, placement: BarPlacement): void {
    const bar = this.bars.find((candidate) => candidate.index === index);
    if (!bar) throw new RangeError(`the function has no base address register ${index}`);
    bar.place(placement);
  }

  override reset(): void {
    super.reset();
    this.#endpoint?.reset();
  }

  #watchFunctionLevelReset(deviceControl: number): void {
    this.config.watch(deviceControl, 2, () => {
      const asked = this.config.get(deviceControl, 2) & pcie.initiateFunctionLevelReset;
      if (asked) this.reset();
    });
  }
}

/** The memory window that a bridge forwards: base and inclusive limit, of 1 MiB granularity. */
export interface BridgeWindow {
  readonly base: number;
  readonly limit: number;
}

/** Bus numbers and window of a bridge. */
export interface BridgeProgram {
  readonly secondary: number;
  /** Highest bus number behind the bridge; default `secondary`. */
  readonly subordinate?: number;
  /** Absent: nothing is forwarded. */
  readonly memory?: BridgeWindow;
}

/** A PCI Express root port: a type 1 header and the bus behind it. */
export class PciBridge extends PciFunction {
  readonly children: PciFunction[] = [];

  constructor(
    slot: Slot,
    parent: PciBridge | undefined,
    identity: FunctionIdentity,
    capabilities: readonly Capability[],
  ) {
    super(slot, parent);
    defineBridgeHeader(this.config, identity);
    addCapabilities(this.config, capabilities);
    this.config.watch(header.bridgeControl, 2, () => {
      if (this.config.get(header.bridgeControl, 2) & SECONDARY_BUS_RESET) this.#resetBelow();
    });
  }

  get secondary(): number {
    return this.config.get(header.secondaryBus, 1);
  }

  get subordinate(): number {
    return this.config.get(header.subordinateBus, 1);
  }

  /** Programs bus numbers and window, as firmware does. */
  program({ secondary, subordinate = secondary, memory }: BridgeProgram): void {
    this.config.set(header.primaryBus, 1, this.parent?.secondary ?? 0);
    this.config.set(header.secondaryBus, 1, secondary);
    this.config.set(header.subordinateBus, 1, subordinate);
    this.forward(memory);
  }

  /** Programs the window alone; an empty one for `undefined`. */
  forward(memory: BridgeWindow | undefined): void {
    const { base, limit } = memory ?? { base: 0xfff0_0000, limit: 0 };
    this.config.set(header.memoryBase, 2, (base >>> 16) & 0xfff0);
    this.config.set(header.memoryLimit, 2, (limit >>> 16) & 0xfff0);
  }

  /** True if a memory address is forwarded to the bus behind. */
  forwards(address: bigint): boolean {
    const base = this.config.get(header.memoryBase, 2) * 0x1_0000;
    const limit = this.config.get(header.memoryLimit, 2) * 0x1_0000 + 0xf_ffff;
    const at = Number(address);
    return this.memoryEnabled && at >= base && at <= limit;
  }

  override reset(): void {
    super.reset();
    this.#resetBelow();
  }

  #resetBelow(): void {
    for (const child of this.children) child.reset();
  }
}
