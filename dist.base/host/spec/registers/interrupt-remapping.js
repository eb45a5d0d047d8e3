/** Interrupt remapping table address (§11.4.10). */
export const interruptRemappingRegisters = [
    {
        mnemonic: "IRTA",
        title: "Interrupt remapping table address",
        section: "11.4.10",
        width: 64,
        offset: 0x0b8,
        requires: ["IR"],
        fields: [
            {
                name: "IRTA",
                high: 63,
                low: 12,
                inPlace: true,
                access: "RW",
                meaning: "first page of the table",
            },
            {
                name: "EIME",
                high: 11,
                low: 11,
                access: "RW",
                requires: ["EIM"],
                meaning: "extended interrupt mode: destinations have 32 bits",
            },
            { name: "S", high: 3, low: 0, access: "RW", meaning: "the table has 2^(S+1) entries" },
        ],
    },
];
