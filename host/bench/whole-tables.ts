import type { GuestMemory } from "../memory/guest-memory.js";
import type { FirstStageTable } from "../tables/index.js";

const PAGE = 4096;
const PAGES_OF_TABLE = 512;
/** Bytes that a page table of 512 pages maps. */
const REGION = BigInt(PAGE * PAGES_OF_TABLE);

/**
 * Maps `tables` page tables' worth of pages from `iova` on, a multiple of 2 MiB, to those from `output`
 * on. One page of each table goes through the builder, and the others are written at once: sixteen
 * million pages take a second, and not a minute.
 */
export function mapWholeTables(
  firstStage: FirstStageTable,
  memory: GuestMemory,
  iova: bigint,
  output: bigint,
  tables: number,
): void {
  const words = new Uint32Array(2 * PAGES_OF_TABLE);
  for (let table = 0n; table < tables; table++) {
    const first = iova + table * REGION;
    firstStage.map(first, output + table * REGION, { accessed: true, dirty: true });
    const { address } = firstStage.entry(first, 1);
    fill(words, memory.read64(address)!);
    memory.writeBytes(address, new Uint8Array(words.buffer));
  }
}

/** A page table whose entries go on from its first. Its pages share bits 63:32, as 2 MiB do. */
function fill(words: Uint32Array, first: bigint): void {
  const low = Number(first & 0xffff_ffffn);
  const high = Number(first >> 32n);
  for (let index = 0; index < PAGES_OF_TABLE; index++) {
    words[2 * index] = low + PAGE * index;
    words[2 * index + 1] = high;
  }
}
