import { Bar } from "../../pci/bar.js";
import { addCapabilities } from "../../pci/capability.js";
import { ConfigSpace } from "../../pci/config-space.js";
import { command, defineEndpointHeader, header } from "../../pci/header.js";
import { pcieCapability } from "../../pci/pcie-capability.js";
import { readConfig, writeConfig } from "./config-region.js";
import { CONFIG_REGION } from "./protocol/replies.js";
import { bytesOf, isRegisterAccess, noRegister, valueOf } from "./register-bytes.js";
const CONFIG_BYTES = 4096;
const REGISTER_BAR = 0;
/** A window of this size gets the same address whatever other devices QEMU has. */
export const UNIT_WINDOW_BYTES = 16 * 2 ** 20;
/** That address in a q35 machine. */
export const UNIT_WINDOW_BASE = 0xfd00_0000;
/** Linux moves the windows of every other class, and then finds no unit where DMAR says. */
const HOST_BRIDGE = 0x060000;
const IDENTITY = { vendor: 0x1b36, device: 0x00ff, classCode: HOST_BRIDGE, revision: 1 };
/** The unit as a PCI function whose first window holds the registers. */
export function serveUnit(options) {
    const { iommu, resetting, accessed, placed } = options;
    const config = new ConfigSpace();
    defineEndpointHeader(config, IDENTITY);
    const bar = new Bar(config, { index: REGISTER_BAR, size: UNIT_WINDOW_BYTES });
    addCapabilities(config, [pcieCapability(0x40, "root-complex-endpoint")]);
    stayBusMaster(config);
    config.watch(header.command, 2, () => {
        const enabled = (config.get(header.command, 2) & command.memorySpace) !== 0;
        if (enabled && bar.address !== undefined)
            placed(bar.address);
    });
    return {
        name: "the unit",
        regionSize: (region) => region === CONFIG_REGION ? CONFIG_BYTES : region === REGISTER_BAR ? UNIT_WINDOW_BYTES : 0,
        irqCount: () => 0,
        read: (region, offset, count) => {
            if (region === CONFIG_REGION)
                return readConfig(config, offset, count);
            if (!isRegisterAccess(offset, count))
                return noRegister(count);
            const { value } = iommu.access({ kind: "read", offset, size: count });
            accessed();
            return bytesOf(value, count);
        },
        write: (region, offset, data) => {
            if (region === CONFIG_REGION) {
                writeConfig(config, offset, data);
                stayBusMaster(config);
            }
            else if (isRegisterAccess(offset, data.length)) {
                iommu.access({ kind: "write", offset, size: data.length, value: valueOf(data) });
                accessed();
            }
        },
        reset: () => {
            config.reset();
            stayBusMaster(config);
            resetting();
            iommu.reset("power-good");
            accessed();
        },
    };
}
/**
 * QEMU refuses DMA, and so interrupt messages, of a function that it has not seen becoming a bus master.
 * Software never asks for that of a host bridge; reading the bit as set makes it write the bit back.
 */
function stayBusMaster(config) {
    config.change(header.command, 2, { set: command.busMaster });
}
