/** The translation structures of the recorded guest, as far as its log tells what stood in them. */
import type { GuestMemory } from "../../host/index.js";
import { FirstStageTable, FrameAllocator } from "../../host/tables/index.js";
import type { Attempt } from "./linux-log.js";

const ADDRESS = 0x000f_ffff_ffff_f000n;
/** Memory that the log says nothing about, for the tables whose places are not logged. */
const UNLOGGED = { start: 0x300_0000n, end: 0x400_0000n };

export class LinuxTables {
  readonly #memory: GuestMemory;
  readonly #frames = new FrameAllocator(UNLOGGED);
  readonly #sourceId: number;
  readonly #contextTable: bigint;
  readonly #pasidTable: bigint;
  #pages: FirstStageTable | undefined;

  constructor(memory: GuestMemory, sourceId: number) {
    this.#memory = memory;
    this.#sourceId = sourceId;
    this.#contextTable = this.#frames.allocate();
    this.#pasidTable = this.#frames.allocate();
  }

  /** A register was written: the root table lies where RTADDR says. */
  follow(register: string, value: bigint): void {
    if (register !== "RTADDR") return;
    const bus = BigInt(this.#sourceId >> 8);
    this.#memory.write64((value & ADDRESS) + 16n * bus, this.#contextTable | 1n);
  }

  /** Writes the context entry and the PASID entry that an attempt met. */
  showEntries({ pasid, context, pasidEntry }: Attempt): void {
    const contextEntry = this.#contextTable + 32n * BigInt(this.#sourceId & 0xff);
    this.#write(contextEntry, context);
    const directory = (context[0] ?? 0n) & ADDRESS;
    this.#memory.write64(directory + 8n * BigInt(pasid >> 6), this.#pasidTable | 1n);
    this.#write(this.#pasidTable + 64n * BigInt(pasid & 0x3f), pasidEntry);
    const root = (pasidEntry[2] ?? 0n) & ADDRESS;
    if (this.#pages?.pointer !== root) this.#pages = this.#firstStage(root);
  }

  /** Has the page-table entry of level 1 say what an attempt found there. */
  showPage(address: bigint, translated: bigint | undefined, write: boolean): void {
    const pages = this.#pages!;
    const page = address & ~0xfffn;
    const known = pages.lookup(page)?.physical;
    const wanted = translated === undefined ? undefined : translated & ~0xfffn;
    if (known === wanted) {
      if (wanted === undefined) this.#makeTables(pages, page);
      return;
    }
    if (known !== undefined) pages.unmap(page);
    if (wanted !== undefined) pages.map(page, wanted, { write });
  }

  /** "page np L1": the tables down to level 1 are there, and their entry is not present. */
  #makeTables(pages: FirstStageTable, page: bigint): void {
    pages.map(page, 0n);
    pages.unmap(page);
  }

  /** Page tables whose root lies where the log says. */
  #firstStage(root: bigint): FirstStageTable {
    let rootIsTaken = false;
    const allocate = (count: number) => {
      if (rootIsTaken) return this.#frames.allocate(count);
      rootIsTaken = true;
      return root;
    };
    return new FirstStageTable({ memory: this.#memory, frames: { allocate } });
  }

  #write(address: bigint, words: readonly bigint[]): void {
    words.forEach((word, i) => this.#memory.write64(address + 8n * BigInt(i), word));
  }
}
