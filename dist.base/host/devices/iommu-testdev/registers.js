/** The numbers of docs/iommu-testdev.md. Drivers on the host and tests use them as well. */
export const BAR_SIZE = 4096;
export const reg = {
    trigger: 0x00,
    iovaLow: 0x04,
    iovaHigh: 0x08,
    length: 0x0c,
    result: 0x10,
    doorbell: 0x14,
    attributes: 0x18,
    gpaLow: 0x1c,
    gpaHigh: 0x20,
};
/** Values of the result register. */
export const result = {
    ok: 0,
    idle: 0xffff_ffff,
    armed: 0xffff_fffe,
    badLength: 0xdead_0001,
    dmaFailed: 0xdead_0002,
    readBackFailed: 0xdead_0003,
    mismatch: 0xdead_0004,
    notArmed: 0xdead_0005,
    badAttributes: 0xdead_0006,
};
/** Bit of the doorbell. */
export const ARM = 1;
/** Fields of the attributes register, which only an Arm machine heeds. */
export const attributes = {
    secure: 1 << 0,
    spaceShift: 1,
    spaceMask: 3,
    spaceValid: 1 << 3,
};
export const space = { secure: 0, nonSecure: 1, root: 2, realm: 3 };
/** What the device writes, over and over. */
export const PATTERN = 0x1234_5678;
