const TYPE_CODES = {
    endpoint: 0,
    "root-port": 4,
    "upstream-port": 5,
    "downstream-port": 6,
    "pcie-to-pci-bridge": 7,
    "root-complex-endpoint": 9,
};
/** Offsets in the structure and bits that functions act on. */
export const pcie = {
    id: 0x10,
    deviceControl: 0x08,
    deviceControl2: 0x28,
    /** Device control of an endpoint: writing 1 resets the function. */
    initiateFunctionLevelReset: 1 << 15,
    /** Device control 2 of a port with a link below it. */
    ariForwardingEnable: 1 << 5,
};
const ROLE_BASED_ERRORS = 1 << 15;
const FUNCTION_LEVEL_RESET = 1 << 28;
/** Device capabilities 2. */
const ARI_FORWARDING = 1 << 5;
const ATOMIC_ROUTING = 1 << 6;
/** 32- and 64-bit AtomicOps end here: at the root. */
const ATOMIC_COMPLETER = (1 << 7) | (1 << 8);
/** End-end TLP prefixes, at most one; PASID needs them. */
const END_END_PREFIX = (1 << 21) | (1 << 22);
const LINK_X1_GEN1 = 0x11;
const ENDPOINT_CAPABILITIES_2 = END_END_PREFIX;
const CAPABILITIES_2 = {
    endpoint: ENDPOINT_CAPABILITIES_2,
    "root-complex-endpoint": ENDPOINT_CAPABILITIES_2,
    "root-port": END_END_PREFIX | ATOMIC_ROUTING | ATOMIC_COMPLETER | ARI_FORWARDING,
    "upstream-port": END_END_PREFIX | ATOMIC_ROUTING,
    "downstream-port": END_END_PREFIX | ATOMIC_ROUTING | ARI_FORWARDING,
    "pcie-to-pci-bridge": 0,
};
/** Version 2 of the PCI Express capability (60 bytes). */
export function pcieCapability(at, type) {
    const resets = type === "endpoint" || type === "root-complex-endpoint";
    const link = type === "root-complex-endpoint" ? 0 : LINK_X1_GEN1;
    const capabilities2 = CAPABILITIES_2[type];
    const control2 = capabilities2 & ARI_FORWARDING ? 0xffff : 0xffff & ~pcie.ariForwardingEnable;
    return {
        kind: "standard",
        id: pcie.id,
        at,
        fields: [
            { at: 0x02, size: 2, value: 2 | (TYPE_CODES[type] << 4) },
            { at: 0x04, size: 4, value: ROLE_BASED_ERRORS | (resets ? FUNCTION_LEVEL_RESET : 0) },
            { at: pcie.deviceControl, size: 2, value: 0x2810, writable: resets ? 0xffff : 0x7fff },
            { at: 0x0a, size: 2, value: 0, writeOneToClear: 0x000f },
            { at: 0x0c, size: 4, value: link },
            { at: 0x10, size: 2, value: 0, writable: link === 0 ? 0 : 0x03db },
            { at: 0x12, size: 2, value: link },
            { at: 0x24, size: 4, value: capabilities2 },
            { at: pcie.deviceControl2, size: 2, value: 0, writable: control2 },
        ],
    };
}
