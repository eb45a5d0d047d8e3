import type { Of } from "./invalidation-draw.js";
import type { TableImage } from "./table-image.js";

const ADDRESS = 0x000f_ffff_ffff_f000n;
/** FSPM and EAFE of a PASID-table entry, in the word of FSPTPTR. */
const ABOUT_FIRST_STAGE = (3n << 2n) | (1n << 7n);

/** What software makes of a word of an entry; the same word where it would not touch it. */
export function changedWord(
  { how, bit, frame }: Pick<Of<"change">, "how" | "bit" | "frame">,
  { address, before }: { readonly address: number; readonly before: bigint },
  { image, legacy }: { readonly image: TableImage; readonly legacy: boolean },
): bigint {
  const use = image.use(address);
  if (use === undefined) return before;
  const { level, name } = use;
  const isLeaf = level === 1 || (level > 1 && level <= 3 && (before & 0x80n) !== 0n);
  switch (how) {
    case "clear":
      return isFirstStageRoot(name, address) ? before & ABOUT_FIRST_STAGE : 0n;
    case "restore":
      return image.words[address / 8]!;
    case "flip": {
      // Addresses of pages alone: a table that is somewhere else is another kind of change.
      const moves = bit > 11 && !isLeaf;
      const leadsNowhere =
        level > 1 && !isLeaf && image.use(Number(before & ADDRESS)) === undefined;
      const isKept = name === "root table" || isAboutTables(name, address, bit, legacy);
      return moves || leadsNowhere || isKept ? before : before ^ (1n << BigInt(bit));
    }
    default: {
      const target = Number(before & ADDRESS);
      const isPointer = level > 1 ? !isLeaf : name !== "context table" && level === 0;
      if (!isPointer || image.use(target) === undefined) return before;
      const tables = image.alike(target);
      return (before & ~ADDRESS) | BigInt(tables[frame % tables.length]!);
    }
  }
}

/**
 * AW, FSPM, SSADE or EAFE: they belong to the tables, and cached entries of a domain's tables go on as they
 * were made (§6.2.3.1).
 */
function isAboutTables(name: string, address: number, bit: number, legacy: boolean): boolean {
  if (name === "context table") return legacy && address % 16 === 8 && bit <= 2;
  if (name !== "PASID table") return false;
  const aboutFirstStage = (ABOUT_FIRST_STAGE & (1n << BigInt(bit))) !== 0n;
  if (isFirstStageRoot(name, address)) return aboutFirstStage;
  return address % 64 === 0 && (bit === 2 || bit === 9);
}

/** The word of a PASID-table entry with FSPTPTR. */
function isFirstStageRoot(name: string, address: number): boolean {
  return name === "PASID table" && address % 64 === 16;
}
