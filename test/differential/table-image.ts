/** Bytes of guest RAM. Small, because it is filled and compared in every run. */
export const MEMORY_SIZE = 2 ** 19;

const FRAME = 4096;
const ADDRESS = 0x000f_ffff_ffff_f000n;
/** Frame 0 is the page request queue of a unit after reset. */
const FIRST_FRAME = 1;

/** What a table's entries need to point to the next table, and how the image names its frames. */
export interface TableKind {
  readonly name: string;
  /** Bits of an entry that points to a table. */
  readonly pointer: bigint;
}

/** What a frame holds: the name of a table, and its level if it is one of a walk. */
export interface FrameUse {
  readonly name: string;
  readonly level: number;
}

/**
 * Words of guest memory before a run. It writes words and nothing else: checks, and the speed that they
 * cost, are for the table builders of the library; here any word may stand anywhere.
 */
export class TableImage {
  readonly words = new BigUint64Array(MEMORY_SIZE / 8);
  #next = FIRST_FRAME;
  readonly #uses: FrameUse[] = [];

  clear(): void {
    this.words.fill(0n);
    this.#next = FIRST_FRAME;
    this.#uses.length = 0;
  }

  /** Address of the first frame that was not handed out. */
  get end(): number {
    return this.#next * FRAME;
  }

  /** Address of an empty frame; the last frame over and over when there is no other. */
  frame(name: string, level = 0): number {
    const frame = Math.min(this.#next, MEMORY_SIZE / FRAME - 1);
    this.#next = Math.min(frame + 1, MEMORY_SIZE / FRAME - 1);
    this.#uses[frame] = { name, level };
    return frame * FRAME;
  }

  /** Sets 64-bit words from `address` on. */
  write(address: number, words: readonly bigint[]): void {
    words.forEach((word, index) => (this.words[address / 8 + index] = word));
  }

  /** Address of the entry for `iova` at a level, or undefined if a page is in the way. */
  entry(
    kind: TableKind,
    root: number,
    levels: number,
    iova: bigint,
    level: number,
  ): number | undefined {
    let table = root;
    for (let at = levels; at > level; at--) {
      const index = entryIndex(table, iova, at);
      const word = this.words[index]!;
      if (word === 0n) {
        table = this.frame(kind.name, at - 1);
        this.words[index] = BigInt(table) | kind.pointer;
      } else if (at <= 3 && (word & 0x80n) !== 0n) {
        return undefined;
      } else {
        table = Number(word & ADDRESS);
      }
    }
    return 8 * entryIndex(table, iova, level);
  }

  /** What the frame of an address was handed out for. */
  use(address: number): FrameUse | undefined {
    return this.#uses[Math.floor(address / FRAME)];
  }

  /** Addresses of all frames that were handed out for the same as that of `address`. */
  alike(address: number): number[] {
    const wanted = this.use(address);
    return [...this.#uses.entries()]
      .filter(([, use]) => use?.name === wanted?.name && use?.level === wanted?.level)
      .map(([frame]) => frame * FRAME);
  }

  /** Indices of the words that are not 0. */
  used(): number[] {
    const found: number[] = [];
    const end = (this.#next * FRAME) / 8;
    for (let index = 0; index < end; index++) if (this.words[index] !== 0n) found.push(index);
    return found;
  }

  /** The chosen words, as far as they are not 0, with what their frame is. */
  describe(isChosen: (address: number) => boolean): string[] {
    return this.used()
      .filter((index) => isChosen(8 * index))
      .map((index) => {
        const { name, level } = this.use(8 * index) ?? { name: "", level: 0 };
        const label = level === 0 ? name : `${name}, level ${level}`;
        const address = (8 * index).toString(16).padStart(5, "0");
        return `  ${address}: 0x${this.words[index]!.toString(16).padStart(16, "0")}  ${label}`;
      });
  }
}

function entryIndex(table: number, iova: bigint, level: number): number {
  return table / 8 + Number((iova >> BigInt(12 + 9 * (level - 1))) & 0x1ffn);
}
