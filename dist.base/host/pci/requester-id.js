/**
 * The source-id with which the requests of a function reach the root complex (§3.4.1, §3.12): its own
 * number, or what the last bridge on the way made of it that gives requests another requester id.
 */
export function requesterId(owner) {
    let id = owner.id;
    for (let above = owner.parent; above; above = above.parent)
        id = behind(above, id);
    return id;
}
function behind(bridge, id) {
    switch (bridge.kind) {
        case "pci-bridge":
            return bridge.id;
        case "pcie-to-pci-bridge":
            return bridge.alias === "secondary-bus" ? bridge.secondary << 8 : id;
        default:
            return id;
    }
}
