import {
  bridgeIdentity,
  busBelow,
  portTypeOf,
  type BridgeKind,
  type BusKind,
} from "./bridge-kinds.js";
import { addCapabilities } from "./capability.js";
import { PciFunction, type Slot } from "./function.js";
import { defineBridgeHeader, header, SECONDARY_BUS_RESET } from "./header.js";
import { pcie, pcieCapability } from "./pcie-capability.js";

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

/**
 * The requester id that a PCIe-to-PCI bridge gives to requests from its conventional side (§3.12.1).
 * "secondary-bus": it takes ownership, so that they carry its secondary bus number, device 0, function
 * 0. "device": the id of the original transaction, which a PCI-X bus carries.
 */
export type BridgeAlias = "secondary-bus" | "device";

export interface BridgeOfKind {
  readonly slot: Slot;
  readonly parent: PciBridge | undefined;
  readonly kind: BridgeKind;
  readonly alias?: BridgeAlias;
}

const PCIE_AT = 0x40;

/** A function with a type 1 header and the bus behind it. */
export class PciBridge extends PciFunction {
  readonly children: PciFunction[] = [];
  readonly kind: BridgeKind;
  readonly alias: BridgeAlias;

  constructor({ slot, parent, kind, alias = "secondary-bus" }: BridgeOfKind) {
    super(slot, parent);
    this.kind = kind;
    this.alias = alias;
    defineBridgeHeader(this.config, bridgeIdentity(kind));
    const portType = portTypeOf(kind);
    addCapabilities(this.config, portType ? [pcieCapability(PCIE_AT, portType)] : []);
    this.config.watch(header.bridgeControl, 2, () => {
      if (this.config.get(header.bridgeControl, 2) & SECONDARY_BUS_RESET) this.#resetBelow();
    });
  }

  /** What is behind the bridge. */
  get below(): BusKind {
    return busBelow(this.kind);
  }

  get secondary(): number {
    return this.config.get(header.secondaryBus, 1);
  }

  get subordinate(): number {
    return this.config.get(header.subordinateBus, 1);
  }

  /** Whether configuration requests to a bus go to this bridge: it is one of those behind it. */
  leadsTo(bus: number): boolean {
    return this.secondary <= bus && bus <= this.subordinate;
  }

  /** ARI Forwarding Enable: function numbers above 7 reach the link below. */
  get forwardsAri(): boolean {
    if (this.below !== "link") return false;
    return (this.config.get(PCIE_AT + pcie.deviceControl2, 2) & pcie.ariForwardingEnable) !== 0;
  }

  /** Programs bus numbers and window, as firmware does. */
  program({ secondary, subordinate = secondary, memory }: BridgeProgram): void {
    this.config.set(header.primaryBus, 1, this.parent?.secondary ?? 0);
    this.config.set(header.secondaryBus, 1, secondary);
    this.config.set(header.subordinateBus, 1, subordinate);
    this.forward(memory);
  }

  /** Programs the highest bus number behind the bridge alone. */
  extendTo(subordinate: number): void {
    this.config.set(header.subordinateBus, 1, subordinate);
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
