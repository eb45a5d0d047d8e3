import type { Capability } from "./capability.js";

/** Device/port type of the PCI Express capability. */
export type PortType = "endpoint" | "root-port" | "root-complex-endpoint";

const TYPE_CODES: Record<PortType, number> = {
  endpoint: 0,
  "root-port": 4,
  "root-complex-endpoint": 9,
};

/** Offsets in the structure and bits that functions act on. */
export const pcie = {
  id: 0x10,
  deviceControl: 0x08,
  /** Device control: writing 1 resets the function. */
  initiateFunctionLevelReset: 1 << 15,
} as const;

const ROLE_BASED_ERRORS = 1 << 15;
const FUNCTION_LEVEL_RESET = 1 << 28;
/** Device capabilities 2: AtomicOp routing, 32- and 64-bit completer; of a root port. */
const ATOMIC_ROUTING = (1 << 6) | (1 << 7) | (1 << 8);
/** Device capabilities 2: end-end TLP prefixes, at most one; PASID needs them. */
const END_END_PREFIX = (1 << 21) | (1 << 22);
const LINK_X1_GEN1 = 0x11;

/** Version 2 of the PCI Express capability (60 bytes). */
export function pcieCapability(at: number, type: PortType): Capability {
  const port = type === "root-port";
  const link = type === "root-complex-endpoint" ? 0 : LINK_X1_GEN1;
  return {
    kind: "standard",
    id: pcie.id,
    at,
    fields: [
      { at: 0x02, size: 2, value: 2 | (TYPE_CODES[type] << 4) },
      { at: 0x04, size: 4, value: ROLE_BASED_ERRORS | (port ? 0 : FUNCTION_LEVEL_RESET) },
      { at: pcie.deviceControl, size: 2, value: 0x2810, writable: port ? 0x7fff : 0xffff },
      { at: 0x0a, size: 2, value: 0, writeOneToClear: 0x000f },
      { at: 0x0c, size: 4, value: link },
      { at: 0x10, size: 2, value: 0, writable: link === 0 ? 0 : 0x03db },
      { at: 0x12, size: 2, value: link },
      { at: 0x24, size: 4, value: END_END_PREFIX | (port ? ATOMIC_ROUTING : 0) },
      { at: 0x28, size: 2, value: 0, writable: 0xffdf },
    ],
  };
}
