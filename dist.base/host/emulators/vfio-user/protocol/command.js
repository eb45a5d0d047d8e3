/** Commands of the vfio-user protocol, by the numbers in its header. */
export const command = {
    version: 1,
    dmaMap: 2,
    dmaUnmap: 3,
    deviceGetInfo: 4,
    deviceGetRegionInfo: 5,
    deviceGetRegionIoFds: 6,
    deviceGetIrqInfo: 7,
    deviceSetIrqs: 8,
    regionRead: 9,
    regionWrite: 10,
    dmaRead: 11,
    dmaWrite: 12,
    deviceReset: 13,
    dirtyPages: 14,
    regionWriteMulti: 15,
};
const names = new Map(Object.entries(command).map(([name, code]) => [code, name]));
/** The command's name, or its number for one that the protocol does not have. */
export function commandName(code) {
    return names.get(code) ?? `command ${code}`;
}
