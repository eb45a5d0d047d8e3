const traits = {
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
const places = {
    root: "bus 0",
    link: "the link below a port",
    switch: "the bus inside a switch",
    conventional: "a conventional PCI bus",
};
export const bridgeKinds = Object.keys(traits);
export function isBridgeKind(kind) {
    return Object.hasOwn(traits, kind);
}
export function bridgeIdentity(kind) {
    return { vendor: 0x1234, device: traits[kind].device, classCode: 0x060400, revision: 1 };
}
/** Device/port type of its PCI Express capability; undefined without one. */
export function portTypeOf(kind) {
    return traits[kind].portType;
}
export function busBelow(kind) {
    return traits[kind].below;
}
/** What a bridge is when nobody says: the one kind of PCI Express port that may stand there. */
export function usualKind(on) {
    return bridgeKinds.find((kind) => traits[kind].on.includes(on)) ?? "pci-bridge";
}
/** @throws RangeError if a bridge of this kind may not stand on such a bus. */
export function requirePlaceOfBridge(kind, on, where) {
    const allowed = traits[kind].on;
    if (allowed.includes(on))
        return;
    const expected = allowed.map((each) => places[each]).join(" or ");
    throw new RangeError(`${where}: kind "${kind}" stands on ${expected}, not on ${places[on]}`);
}
/** @throws RangeError inside a switch, where only downstream ports are. */
export function requirePlaceOfEndpoint(on, where) {
    if (on !== "switch")
        return;
    throw new RangeError(`${where}: only downstream ports stand on the bus inside a switch, endpoints below them`);
}
