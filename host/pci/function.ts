import { AriControl, ariCapability } from "./ari-capability.js";
import { Bar, type BarPlacement, type BarShape } from "./bar.js";
import type { PciBridge } from "./bridge.js";
import { addCapabilities, endOfExtended, type Capability } from "./capability.js";
import { ConfigSpace } from "./config-space.js";
import type { Endpoint } from "./endpoint.js";
import { command, defineEndpointHeader, header, type FunctionIdentity } from "./header.js";
import { pcie } from "./pcie-capability.js";

/**
 * A place on a bus: device 0 to 31, function 0 to 7. With ARI both together are one function number of
 * device 0: function 8 is device 1, function 0 here.
 */
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

  /** Where it is now: the bus number that the bridge above has, device and function. */
  get id(): number {
    return ((this.parent?.secondary ?? 0) << 8) | (this.slot.device << 3) | this.slot.function;
  }

  /** True on a conventional PCI bus: 256 bytes of configuration space, no PASID, ATS or page requests. */
  get conventional(): boolean {
    return this.parent?.below === "conventional";
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
  /** Has the ARI capability; its device has function numbers of 8 bits. Default false. */
  readonly ari?: boolean;
}

/** A function with a type 0 header and a device behind it. */
export class EndpointFunction extends PciFunction {
  readonly bars: readonly Bar[];
  /** The ARI capability, where the function has one. */
  readonly ari: AriControl | undefined;
  #endpoint: Endpoint | undefined;

  constructor(options: EndpointFunctionOptions) {
    super(options.slot, options.parent);
    defineEndpointHeader(this.config, options.identity);
    this.bars = options.bars.map((shape) => new Bar(this.config, shape));
    const capabilities = this.conventional
      ? options.capabilities.filter(({ kind, id }) => kind === "standard" && id !== pcie.id)
      : [...options.capabilities];
    const ariAt = options.ari ? endOfExtended(capabilities) : undefined;
    if (ariAt !== undefined) capabilities.push(ariCapability(ariAt));
    this.ari = ariAt === undefined ? undefined : new AriControl(this.config, ariAt);
    addCapabilities(this.config, capabilities);
    const express = capabilities.find(({ kind, id }) => kind === "standard" && id === pcie.id);
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
