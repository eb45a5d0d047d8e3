/**
 * Protected memory regions (§11.4.8), which the manual plans to drop. Their bounds have the
 * granularity of 1 MiB, N = 19 (implementation choice P1).
 */
export const protectedMemoryRegisters = [
    {
        mnemonic: "PMEN",
        title: "Protected memory enable",
        section: "11.4.8.1",
        width: 32,
        offset: 0x064,
        requiresAny: ["PLMR", "PHMR"],
        fields: [
            { name: "EPM", high: 31, low: 31, access: "RW", meaning: "enable the protected regions" },
            { name: "PRS", high: 0, low: 0, access: "RO", meaning: "the protected regions are enabled" },
        ],
    },
    {
        mnemonic: "PLMBASE",
        title: "Protected low memory base",
        section: "11.4.8.2",
        width: 32,
        offset: 0x068,
        requires: ["PLMR"],
        fields: [
            {
                name: "PLMB",
                high: 31,
                low: 20,
                inPlace: true,
                access: "RW",
                meaning: "first MiB of the low region",
            },
        ],
    },
    {
        mnemonic: "PLMLIMIT",
        title: "Protected low memory limit",
        section: "11.4.8.3",
        width: 32,
        offset: 0x06c,
        requires: ["PLMR"],
        fields: [
            {
                name: "PLML",
                high: 31,
                low: 20,
                inPlace: true,
                access: "RW",
                meaning: "last MiB of the low region",
            },
        ],
    },
    {
        mnemonic: "PHMBASE",
        title: "Protected high memory base",
        section: "11.4.8.4",
        width: 64,
        offset: 0x070,
        requires: ["PHMR"],
        fields: [
            {
                name: "PHMB",
                high: 63,
                low: 20,
                inPlace: true,
                access: "RW",
                meaning: "first MiB of the high region",
            },
        ],
    },
    {
        mnemonic: "PHMLIMIT",
        title: "Protected high memory limit",
        section: "11.4.8.5",
        width: 64,
        offset: 0x078,
        requires: ["PHMR"],
        fields: [
            {
                name: "PHML",
                high: 63,
                low: 20,
                inPlace: true,
                access: "RW",
                meaning: "last MiB of the high region",
            },
        ],
    },
];
