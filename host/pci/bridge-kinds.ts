import type { FunctionIdentity } from "./header.js";
import type { PortType } from "./pcie-capability.js";

/** What a function with a type 1 header is. */
export type BridgeKind =
  /** Of the root complex; a link below it. */
  | "root-port"
  /** Of a switch: faces the root complex, with the switch's own bus below it. */
  | "upstream-port"
  /** Of a switch: on its own bus, a link below it. */
  | "downstream-port"
  /** PCI Express above, conventional PCI below. */
  | "pcie-to-pci-bridge"
  /** Conventional PCI on both sides. */
  | "pci-bridge";

/** What is behind a bridge: decides what may be plugged in there. */
export type BusKind = "root" | "link" | "switch" | "conventional";

interface BridgeTraits {
  readonly device: number;
  /** Absent: the function has no PCI Express capability. */
  readonly portType?: PortType;
  readonly below: BusKind;
  /** Where it may stand. */
  readonly on: readonly BusKind[];
}

const traits: Readonly<Record<BridgeKind, BridgeTraits>> = {
  "root-port": { device: 0xd3b0, portType: "root-port", below: "link", on: ["root"] },
  "upstream-port": { device: 0xd3b1, portType: "upstream-port", below: "switch", on: ["link"] },
  "downstream-port": { device: 0xd3b2, portType: "downstream-port", below: "link", on: ["switch"] },
  "pcie-to-pci-bridge": {
    device: 0xd3b3,
    portType: "pcie-to-pci-bridge",
    below: "conventional",
    on: ["root", "link"],
  },
  "pci-bridge": { device: 0xd3b4, below: "conventional", on: ["root", "conventional"] },
};

const places: Readonly<Record<BusKind, string>> = {
  root: "bus 0",
  link: "the link below a port",
  switch: "the bus inside a switch",
  conventional: "a conventional PCI bus",
};

const bridgeKinds = Object.keys(traits) as readonly BridgeKind[];

export function isBridgeKind(kind: string): kind is BridgeKind {
  return Object.hasOwn(traits, kind);
}

export function bridgeIdentity(kind: BridgeKind): FunctionIdentity {
  return { vendor: 0x1234, device: traits[kind].device, classCode: 0x060400, revision: 1 };
}

/** Device/port type of its PCI Express capability; undefined without one. */
export function portTypeOf(kind: BridgeKind): PortType | undefined {
  return traits[kind].portType;
}

export function busBelow(kind: BridgeKind): BusKind {
  return traits[kind].below;
}

/** What a bridge is when nobody says: the one kind of PCI Express port that may stand there. */
export function usualKind(on: BusKind): BridgeKind {
  return bridgeKinds.find((kind) => traits[kind].on.includes(on)) ?? "pci-bridge";
}

/** @throws RangeError if a bridge of this kind may not stand on such a bus. */
export function requirePlaceOfBridge(kind: BridgeKind, on: BusKind, where: string): void {
  const allowed = traits[kind].on;
  if (allowed.includes(on)) return;
  const expected = allowed.map((each) => places[each]).join(" or ");
  throw new RangeError(`${where}: kind "${kind}" stands on ${expected}, not on ${places[on]}`);
}

/** @throws RangeError inside a switch, where only downstream ports are. */
export function requirePlaceOfEndpoint(on: BusKind, where: string): void {
  if (on !== "switch") return;
  throw new RangeError(
    `${where}: only downstream ports stand on the bus inside a switch, endpoints below them`,
  );
}
