/** What the manual says about which capabilities go together (VT-d 5.10 §11.4.2, §11.4.3). Data only. */
export const prerequisiteRules = [
    {
        capability: "DT",
        needs: ["QI"],
        section: "11.4.3",
        sentence: "DT needs QI: device-TLBs are invalidated through the queue",
    },
    {
        capability: "SMTS",
        needs: ["QI"],
        section: "11.4.3",
        sentence: "SMTS needs QI: scalable mode is invalidated through the queue",
    },
    {
        capability: "IR",
        needs: ["QI"],
        section: "11.4.3",
        sentence: "IR needs QI: the interrupt entry cache is invalidated through the queue",
    },
    { capability: "EIM", needs: ["IR"], section: "11.4.3", sentence: "EIM needs IR" },
    { capability: "PI", needs: ["IR"], section: "11.4.2", sentence: "PI needs IR" },
    { capability: "IRREQ", needs: ["IR"], section: "11.4.3", sentence: "IRREQ needs IR" },
    { capability: "EIMER", needs: ["EIM"], section: "11.4.3", sentence: "EIMER needs EIM" },
    { capability: "MHMV", needs: ["IR"], section: "11.4.3", sentence: "MHMV is 0 without IR" },
    { capability: "DIT", needs: ["DT"], section: "11.4.3", sentence: "DIT needs DT" },
    { capability: "PDS", needs: ["DT"], section: "11.4.3", sentence: "PDS needs DT" },
    { capability: "NWFS", needs: ["DT"], section: "11.4.3", sentence: "NWFS needs DT" },
    { capability: "PASID", needs: ["SMTS"], section: "11.4.3", sentence: "PASID needs SMTS" },
    { capability: "PSS", needs: ["SMTS"], section: "11.4.3", sentence: "PSS is 0 without SMTS" },
    { capability: "FSTS", needs: ["SMTS"], section: "11.4.3", sentence: "FSTS needs SMTS" },
    { capability: "SRS", needs: ["SMTS"], section: "11.4.3", sentence: "SRS needs SMTS" },
    { capability: "RPS", needs: ["SMTS"], section: "11.4.3", sentence: "RPS needs SMTS" },
    { capability: "SMPWCS", needs: ["SMTS"], section: "11.4.3", sentence: "SMPWCS needs SMTS" },
    { capability: "MTS", needs: ["SMTS"], section: "11.4.3", sentence: "MTS needs SMTS" },
    {
        capability: "NEST",
        needs: ["SMTS", "FSTS", "SSTS"],
        section: "11.4.3",
        sentence: "NEST needs SMTS, FSTS and SSTS",
    },
    { capability: "SSADS", needs: ["SMPWCS"], section: "11.4.3", sentence: "SSADS needs SMPWCS" },
    {
        capability: "EAFS",
        needs: ["FSTS", "SMPWCS"],
        section: "11.4.3",
        sentence: "EAFS needs FSTS and SMPWCS",
    },
    {
        capability: "PRS",
        needs: ["DT", "SMTS"],
        section: "11.4.3",
        sentence: "PRS needs DT and SMTS",
    },
    { capability: "SMS", needs: ["PRS"], section: "11.4.3", sentence: "SMS needs PRS" },
    { capability: "RPRIVS", needs: ["SRS"], section: "11.4.3", sentence: "RPRIVS needs SRS" },
    { capability: "SSIRWS", needs: ["SSTS"], section: "11.4.3", sentence: "SSIRWS needs SSTS" },
    {
        capability: "PTRS",
        needs: ["DT", "PASID"],
        section: "11.4.3",
        sentence: "PTRS needs DT and PASID",
    },
    {
        capability: "HPTS",
        needs: ["SMTS", "DT"],
        section: "11.4.3",
        sentence: "HPTS needs SMTS and DT",
    },
    { capability: "HPT1GPS", needs: ["HPTS"], section: "11.4.3", sentence: "HPT1GPS needs HPTS" },
    { capability: "PMS", needs: ["ECMDS"], section: "11.4.3", sentence: "PMS needs ECMDS" },
    { capability: "FS5LP", needs: ["FSTS"], section: "11.4.2", sentence: "FS5LP needs FSTS" },
    { capability: "FS1GP", needs: ["FSTS"], section: "11.4.2", sentence: "FS1GP needs FSTS" },
    {
        capability: "SAGAW",
        needs: ["SSTS"],
        fromMajor: 6,
        section: "11.4.2",
        sentence: "SAGAW is 0 without SSTS from major version 6 on",
    },
];
export const exclusionRules = [
    {
        capability: "RWBF",
        excludes: "SMTS",
        section: "11.4.2",
        sentence: "RWBF is 0 with SMTS: units with scalable mode need no write buffer flush",
    },
];
export const valueRules = [
    {
        capability: "ND",
        values: [0, 1, 2, 3, 4, 5, 6],
        section: "11.4.2",
        sentence: "ND is at most 6: domain-ids have at most 16 bits",
    },
    {
        capability: "SSLPS",
        values: [0, 1, 3],
        section: "11.4.2",
        sentence: "SSLPS is 0, 1 or 3: a unit with 1 GiB pages has 2 MiB pages too",
    },
    {
        capability: "SAGAW",
        values: [0, 2, 4, 6, 8, 10, 12, 14],
        section: "11.4.2",
        sentence: "SAGAW has bits 1, 2 and 3 alone: 39, 48 and 57 bits",
    },
    {
        capability: "DWD",
        values: [1],
        fromMajor: 2,
        section: "11.4.2",
        sentence: "DWD is 1 from major version 2 on: such units always drain",
    },
    {
        capability: "DRD",
        values: [1],
        fromMajor: 2,
        section: "11.4.2",
        sentence: "DRD is 1 from major version 2 on: such units always drain",
    },
];
/** Rules that compare numbers; host/core/capabilities.ts computes them, by these keys. */
export const numericRules = {
    guestWidthIsNotZero: {
        capability: "MGAW",
        section: "11.4.2",
        sentence: "MGAW is not 0, even without a second stage",
    },
    hostWidthFits: {
        capability: "MGAW",
        section: "11.4.2",
        sentence: "the guest address width (MGAW + 1) is at least the host address width",
    },
    guestWidthFits: {
        capability: "MGAW",
        section: "11.4.2",
        sentence: "the guest address width (MGAW + 1) is at most the widest width in SAGAW",
    },
    maskCoversLargePages: {
        capability: "MAMV",
        section: "11.4.2",
        sentence: "with PSI, MAMV is at least 9 where 2 MiB pages, 18 where 1 GiB pages are supported",
    },
    placedInside: {
        capability: "FRO, IRO",
        section: "11.4",
        sentence: "the registers that FRO and IRO place lie inside the register set",
    },
    placedApart: {
        capability: "FRO, IRO",
        section: "11.4",
        sentence: "the registers that FRO and IRO place overlap no other register",
    },
};
/** Capabilities that this release of the unit does not build: a value other than 0 is refused. */
export const unbuiltCapabilities = {
    AFL: "advanced fault logging was dropped from the manual",
    MTS: "memory types are not built: every access is write-back",
    ERS: "the manual plans to drop requests to execute, and has every unit report 0",
    VCS: "virtual commands differ between revisions of the manual",
    TDXCS: "TDX Connect is not built",
    HPTS: "host permission tables are not built",
    HPT1GPS: "host permission tables are not built",
    RDTS: "resource director technology is not built",
};
/** Names of older revisions and of drivers for fields of CAP and ECAP. */
export const olderNames = {
    FLTS: "FSTS",
    SLTS: "SSTS",
    SLADS: "SSADS",
    SLLPS: "SSLPS",
    FL1GP: "FS1GP",
    FL5LP: "FS5LP",
};
