/** The specification that the cases are about. */
export const SPECIFICATION = "Intel VT-d 5.10";

/** Chapter of a section: 7 of "7.2.1". */
export function chapterOf(section: string): number {
  return Number.parseInt(section, 10);
}

/** Titles of the manual's chapters that have cases. */
export const chapters: Readonly<Record<number, string>> = {
  3: "DMA remapping",
  4: "Device-TLBs",
  5: "Interrupt remapping and posting",
  6: "Caches and invalidation",
  7: "Faults and page requests",
  8: "What firmware says",
  9: "Structures in memory",
  10: "Performance monitoring",
  11: "Registers",
};
