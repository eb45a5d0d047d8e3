import type { Endpoint, EndpointModel } from "../../pci/endpoint.js";
import type { FunctionIdentity } from "../../pci/header.js";

/** Where q35 has its enhanced configuration space (PCIEXBAR) after reset. */
export const ECAM_BASE = 0xb000_0000n;
const PCIEXBAR = 0x60;
const PCIEXBAR_ENABLE = 1;

const INTEL = 0x8086;
const SUBSYSTEM = { vendor: 0x1af4, device: 0x1100 };

/**
 * The functions of a q35 machine that are always there: host bridge, ISA bridge, SATA controller and
 * SMBus controller. They can be found, and do nothing.
 */
export const chipset: readonly { readonly bdf: number; readonly model: EndpointModel }[] = [
  { bdf: 0x00, model: silent({ device: 0x29c0, classCode: 0x06_0000 }, true) },
  { bdf: 0xf8, model: silent({ device: 0x2918, classCode: 0x06_0100 }) },
  { bdf: 0xfa, model: silent({ device: 0x2922, classCode: 0x01_0601 }) },
  { bdf: 0xfb, model: silent({ device: 0x2930, classCode: 0x0c_0500 }) },
];

type Identity = Pick<FunctionIdentity, "device" | "classCode">;

function silent({ device, classCode }: Identity, isHostBridge = false): EndpointModel {
  return {
    identity: { vendor: INTEL, device, classCode, revision: 2, subsystem: SUBSYSTEM },
    bars: [],
    capabilities: () => [],
    connect: ({ config }) => {
      if (isHostBridge) {
        // Implementation choice: the enhanced configuration space is always enabled, and cannot be moved.
        config.define({ at: PCIEXBAR, size: 4, value: Number(ECAM_BASE) | PCIEXBAR_ENABLE });
      }
      return NOTHING;
    },
  };
}

const NOTHING: Endpoint = {
  busy: false,
  readBar: (_bar, _offset, size) => BigInt.asUintN(8 * size, -1n),
  writeBar: () => undefined,
  tick: () => undefined,
  reset: () => undefined,
  pageGroupResponse: () => undefined,
  deviceTlbInvalidate: () => undefined,
};
