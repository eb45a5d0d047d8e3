/** Sets of capabilities to start from. What a preset does not list is 0. */
export const presetNames = ["legacy", "first-stage", "second-stage", "linux", "full"];
/** Where the IOTLB and fault recording registers lie: byte offsets F0h and 220h. */
const placement = { IRO: 0x0f, FRO: 0x22 };
/** Sixteen-bit domain-ids, drains on demand, coherent walks, snoop control, pass-through. */
const basis = { ...placement, ND: 6, DWD: 1, DRD: 1, QI: 1, DT: 1, PT: 1, SC: 1, C: 1 };
/** Second-stage pages of 4 KiB, 2 MiB and 1 GiB, invalidated by page up to 1 GiB. */
const secondStagePages = { SSLPS: 3, PSI: 1, MAMV: 18, ZLR: 1 };
/** Scalable mode with 20-bit PASIDs and page requests. */
const scalable = {
    SMTS: 1,
    PASID: 1,
    PSS: 19,
    SMPWCS: 1,
    RPS: 1,
    PRS: 1,
    PDS: 1,
    DIT: 1,
    NWFS: 1,
    SMS: 1,
    ADMS: 1,
};
/** Interrupt remapping and posting, with 32-bit destinations. */
const interrupts = { IR: 1, EIM: 1, PI: 1, ESIRTPS: 1, MHMV: 15 };
export const presets = {
    legacy: {
        title: "legacy mode alone, register-based invalidation serviced",
        version: 0x10,
        hostAddressWidth: 46,
        capabilities: { ...basis, ...secondStagePages, SAGAW: 0b00110, MGAW: 47 },
    },
    "first-stage": {
        title: "scalable mode with the first stage alone",
        version: 0x60,
        hostAddressWidth: 46,
        capabilities: {
            ...basis,
            ...scalable,
            FSTS: 1,
            FS5LP: 1,
            FS1GP: 1,
            EAFS: 1,
            SRS: 1,
            RPRIVS: 1,
            MGAW: 47,
            ZLR: 1,
        },
    },
    "second-stage": {
        title: "scalable mode with the second stage alone",
        version: 0x60,
        hostAddressWidth: 46,
        capabilities: {
            ...basis,
            ...scalable,
            ...secondStagePages,
            SSTS: 1,
            SSADS: 1,
            SAGAW: 0b01110,
            MGAW: 56,
        },
    },
    linux: {
        title: "what the recorded boots of Linux 7.2 ran with, without the MHMV that needs IR",
        version: 0x60,
        hostAddressWidth: 39,
        capabilities: {
            ...basis,
            ...secondStagePages,
            SAGAW: 0b00110,
            MGAW: 47,
            FS1GP: 1,
            ESRTPS: 1,
            SMTS: 1,
            FSTS: 1,
            SSTS: 1,
            NEST: 1,
            SMPWCS: 1,
            PASID: 1,
            PSS: 19,
            SRS: 1,
            PRS: 1,
            PDS: 1,
        },
    },
    full: {
        title: "the largest set that is legal together and that a guest can boot with",
        version: 0x60,
        hostAddressWidth: 46,
        capabilities: {
            ...basis,
            ...interrupts,
            ...scalable,
            ...secondStagePages,
            NFR: 7,
            SAGAW: 0b01110,
            MGAW: 56,
            FS5LP: 1,
            FS1GP: 1,
            ESRTPS: 1,
            ECMDS: 1,
            PMS: 1,
            FSTS: 1,
            SSTS: 1,
            NEST: 1,
            SSADS: 1,
            SSIRWS: 1,
            EAFS: 1,
            SRS: 1,
            RPRIVS: 1,
            PTRS: 1,
        },
    },
};
