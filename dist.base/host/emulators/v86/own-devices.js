import { cpuForDevice } from "./device-cpu.js";
import { DeviceDma } from "./device-dma.js";
import { checkIde, checkVirtio, } from "./internals.js";
/** v86's own devices that read and write memory by themselves and have a PCI function. */
export const translatableDevices = [
    "ide",
    "virtio-9p",
    "virtio-net",
    "virtio-balloon",
    "virtio-console",
];
/** VIRTIO_F_ACCESS_PLATFORM, bit 33: the addresses are those of the platform, not physical ones. */
const ACCESS_PLATFORM = 1 << 1;
/** Error of the bus master IDE status register: a request was aborted. */
const IDE_ERROR = 1 << 1;
const NO_DESCRIPTOR = { addr_low: 0, addr_high: 0, len: 0, flags: 0, next: 0 };
/**
 * The devices that are wanted, or all that this emulator has.
 * @throws {RangeError} for a device that it has not, or that does not exist.
 * @throws {V86MismatchError} if v86 lacks a name that is needed, which the error names.
 */
export function findOwnDevices(cpu, wanted) {
    for (const name of wanted ?? []) {
        if (!translatableDevices.includes(name)) {
            throw new RangeError(`translatedDevices has "${String(name)}": expected ${translatableDevices.join(", ")}`);
        }
    }
    return translatableDevices.flatMap((name) => {
        if (wanted?.includes(name) === false)
            return [];
        const device = name === "ide" ? ideOf(cpu) : virtioOf(cpu, name);
        if (device !== undefined)
            return [device];
        if (wanted === undefined)
            return [];
        throw new RangeError(`translatedDevices has "${name}", and this emulator has no such device`);
    });
}
function ideOf(cpu) {
    // v86 may replace the controller, so it is looked up each time.
    const found = () => cpu.devices.ide;
    const ide = found();
    if (ide === undefined)
        return undefined;
    checkIde(cpu, ide);
    return {
        name: "ide",
        sourceId: ide.pci_id,
        connect: (path) => {
            const { primary, secondary } = found() ?? ide;
            for (const channel of [primary, secondary]) {
                if (channel !== undefined)
                    connectChannel(channel, path, ide.pci_id);
            }
        },
    };
}
function connectChannel(channel, path, sourceId) {
    const dma = new DeviceDma(path, sourceId);
    for (const drive of [channel.master, channel.slave]) {
        drive.cpu = cpuForDevice(path.cpu, dma, new IdeWatch(channel));
    }
}
/**
 * A region descriptor that could not be read moves no data, and ends the list: v86 takes its FFh for
 * the end flag, and would take them for an address and a count too.
 */
class IdeWatch {
    #channel;
    #lost = false;
    constructor(channel) {
        this.#channel = channel;
    }
    /** A descriptor is read in three words, of which the first has 4 bytes. */
    word(size, failed) {
        this.#lost = failed || (this.#lost && size !== 4);
    }
    failed() {
        this.#channel.dma_status |= IDE_ERROR;
    }
    moves() {
        return !this.#lost;
    }
}
function virtioOf(cpu, name) {
    const property = name.replace("-", "_");
    const device = cpu.devices[property];
    if (device === undefined)
        return undefined;
    checkVirtio(cpu, property);
    const { virtio } = device;
    return {
        name,
        sourceId: virtio.pci_id,
        connect: (path) => {
            connectVirtio(virtio, path);
        },
    };
}
function connectVirtio(virtio, path) {
    const dma = new DeviceDma(path, virtio.pci_id);
    const cpu = cpuForDevice(path.cpu, dma);
    virtio.cpu = cpu;
    for (const queue of virtio.queues)
        connectQueue(queue, cpu, dma);
    virtio.device_feature[1] = (virtio.device_feature[1] ?? 0) | ACCESS_PLATFORM;
}
/**
 * A ring that the device cannot read looks empty to it, and so does a descriptor. v86 would take
 * FFh for 65,535 requests and for descriptors that never end.
 */
function connectQueue(queue, cpu, dma) {
    queue.cpu = cpu;
    queue.avail_get_idx = () => {
        const { bytes, failed } = dma.read(queue.avail_addr + 2, 2);
        return failed ? queue.avail_last_idx : new DataView(bytes.buffer).getUint16(0, true);
    };
    queue.get_descriptor = (table, index) => {
        const { bytes, failed } = dma.read(table + 16 * index, 16);
        if (failed)
            return NO_DESCRIPTOR;
        const view = new DataView(bytes.buffer);
        return {
            addr_low: view.getInt32(0, true),
            addr_high: view.getInt32(4, true),
            len: view.getInt32(8, true),
            flags: view.getUint16(12, true),
            next: view.getUint16(14, true),
        };
    };
}
