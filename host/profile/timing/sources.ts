/** What is published, and what a value of a timing set comes from. */
export interface TimingSource {
  /** What it is called in tables. */
  readonly name: string;
  /** Where to find it, and what it says. */
  readonly text: string;
}

/** Sources of values; every value without one is an assumption. */
export const timingSources = {
  tlp: {
    name: "PCI Express",
    text:
      "PCI Express Base Specification, revision 3.0: a memory request of 64-bit addresses has a header of 16 bytes; sequence " +
      "number, framing and link CRC add 8",
  },
  gen3: {
    name: "PCI Express 3.0 x16",
    text:
      "PCI Express Base Specification, revision 3.0: 16 lanes of 8 GT/s with 128b/130b encoding carry 15.75 bytes in a " +
      "nanosecond, here 16",
  },
  gen4: {
    name: "PCI Express 4.0 x16",
    text:
      "PCI Express Base Specification, revision 4.0: 16 lanes of 16 GT/s with 128b/130b encoding carry 31.5 bytes in a " +
      "nanosecond, here 32",
  },
  skylake: {
    name: "AnandTech 2017",
    text:
      "AnandTech, Sizing Up Servers: Intel's Skylake-SP Xeon versus AMD's EPYC 7000 (2017), LMBench: a Skylake-SP reads its third " +
      "cache in 25 to 27 ns and memory in 89 to 91 ns. That is from a core; the unit's own way is assumed to be as long",
  },
} as const satisfies Readonly<Record<string, TimingSource>>;

export type TimingSourceName = keyof typeof timingSources;
