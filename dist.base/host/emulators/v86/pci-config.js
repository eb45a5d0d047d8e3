import { formatBdf } from "../../pci/topology.js";
const CONFIG_ENABLE = 0x8000_0000;
const CONFIG_DATA_PORT = 0xcfc;
const COMMAND = 0x04;
/**
 * Puts functions on v86's PCI bus: configuration accesses through ports CF8 and CFC that name one of
 * them go to its own space. v86's own functions stay as they are.
 */
export function addToConfigPorts(cpu, functions) {
    const pci = cpu.devices.pci;
    replaceQuery(pci, functions);
    replaceWrites(pci, functions);
    readFromFunctions(cpu, functions);
}
/** @throws {RangeError} if v86 has a function of its own there, or the place is not on bus 0. */
export function requireFreePlace(cpu, id) {
    if (!(id >= 0 && id <= 0xff)) {
        throw new RangeError(`v86 has PCI bus 0 only: there is no place for function ${formatBdf(id)}`);
    }
    const taken = cpu.devices.pci.devices[id];
    if (taken !== undefined) {
        throw new RangeError(`PCI function ${formatBdf(id)} is taken by v86's own ${taken.name}`);
    }
}
/** v86 looks a register up when its address is written. Functions of ours are asked when it is read. */
function replaceQuery(pci, functions) {
    const query = pci.pci_query.bind(pci);
    pci.pci_query = () => {
        const address = pci.pci_addr32[0] ?? 0;
        if (functions.get(functionOf(address)) === undefined)
            query();
        else
            pci.pci_status32[0] = address & CONFIG_ENABLE;
    };
}
function replaceWrites(pci, functions) {
    const replaced = (size, previous) => {
        return (address, value) => {
            const space = functions.get(functionOf(address));
            if (space === undefined)
                previous(address, value);
            else if ((address & CONFIG_ENABLE) !== 0)
                writeSpace(space, address & 0xff, size, value);
        };
    };
    pci.pci_write8 = replaced(1, pci.pci_write8.bind(pci));
    pci.pci_write16 = replaced(2, pci.pci_write16.bind(pci));
    pci.pci_write32 = replaced(4, pci.pci_write32.bind(pci));
}
function readFromFunctions(cpu, functions) {
    const pci = cpu.devices.pci;
    const response = () => {
        const address = pci.pci_addr32[0] ?? 0;
        const space = functions.get(functionOf(address));
        if (space !== undefined) {
            const enabled = (address & CONFIG_ENABLE) !== 0;
            pci.pci_response32[0] = enabled ? space.read(address & 0xfc, 4) : -1;
        }
        return pci.pci_response;
    };
    const read = (first, size) => () => {
        const bytes = response().subarray(first, first + size);
        return bytes.reduceRight((value, byte) => (value << 8) | byte, 0);
    };
    const { io } = cpu;
    io.register_read(CONFIG_DATA_PORT, pci, read(0, 1), read(0, 2), read(0, 4));
    io.register_read(CONFIG_DATA_PORT + 1, pci, read(1, 1));
    io.register_read(CONFIG_DATA_PORT + 2, pci, read(2, 1), read(2, 2));
    io.register_read(CONFIG_DATA_PORT + 3, pci, read(3, 1));
}
/** Requester id in bits 23:8 of a CF8 address. */
function functionOf(address) {
    return (address >>> 8) & 0xffff;
}
function writeSpace(space, offset, size, value) {
    if (offset % size === 0)
        space.write(offset, size, value >>> 0);
}
/**
 * Extended configuration space of bus 0, offset = requester id << 12 | register. The functions of
 * the plugin answer with their 4 KiB, v86's own with their 256 bytes and zeros behind them.
 */
export function ecamOf(cpu, functions) {
    const pci = cpu.devices.pci;
    return {
        read(offset, size) {
            const register = offset & 0xfff;
            if (register % size !== 0)
                return 0xffff_ffff;
            const space = functions.get(offset >>> 12);
            if (space !== undefined)
                return space.read(register, size);
            const words = pci.device_spaces[offset >>> 12];
            if (words === undefined)
                return 0xffff_ffff;
            const word = register < 0x100 ? (words[register >> 2] ?? 0) : 0;
            return word >>> ((register & 3) * 8);
        },
        write(offset, size, value) {
            const register = offset & 0xfff;
            if (register % size !== 0)
                return;
            const space = functions.get(offset >>> 12);
            if (space !== undefined)
                space.write(register, size, value);
            else if (pci.device_spaces[offset >>> 12] !== undefined && register < 0x100) {
                writeV86Function(pci, ((offset >>> 12) << 8) | register, size, value);
            }
        },
    };
}
function writeV86Function(pci, address, size, value) {
    if (size === 1)
        pci.pci_write8(address, value);
    // v86 ignores 32-bit writes of the command register, and takes 16-bit ones.
    else if (size === 2 || (address & 0xff) === COMMAND)
        pci.pci_write16(address, value & 0xffff);
    else
        pci.pci_write32(address, value | 0);
}
