import type { FrameSource } from "../../tables/frames.js";
import {
  FRAME_SIZE,
  hex,
  readWord,
  writeWord,
  type TableMemory,
} from "../../tables/table-memory.js";
import {
  assertInvariant,
  KernelObject,
  perform,
  Resource,
  Violation,
  type AccessKind,
  type Kernel,
  type Routine,
  type Task,
} from "../kernel/index.js";
import type { TableLevel } from "./format.js";
import type { PathCounts } from "./table-meter.js";

const ENTRIES = 512;
/** Bytes of a table page. */
export const FRAME_BYTES = Number(FRAME_SIZE);
const WORD = 8n;

/** Guest memory as tables need it; `GuestMemory` and every `MemoryPort` satisfy it. */
export interface PageTableMemory extends TableMemory {
  /** Answers the word before; the new one is stored if it was `expected`. */
  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined;
  /** Sets bytes to 0: for who can do it faster than word by word. */
  fill?(address: bigint, length: number): void;
}

export interface TablePagesOptions {
  readonly memory: PageTableMemory;
  /** Without `release` no frame is used twice, so that whatever uses a freed one is found. */
  readonly frames: FrameSource & { release?(address: bigint): void };
}

/** An entry: what steps conflict about. */
class TableEntryObject extends KernelObject {}

/** One life of a page of a table: its words lie in guest memory, where the unit walks them. */
export class TablePage {
  readonly address: bigint;
  readonly level: TableLevel;
  /** "table_page#2 at 0x5000, level 1". */
  readonly label: string;
  /** The page as such: its release writes it, every use reads it. */
  readonly whole: Resource;
  readonly #pages: TablePages;
  readonly #entries = new Map<number, TableEntryObject>();
  readonly #firstNumber: number;
  #freedBy: string | undefined;

  constructor(pages: TablePages, address: bigint, level: TableLevel, nth: number) {
    this.address = address;
    this.level = level;
    this.label = `table_page#${nth} at ${hex(address)}, level ${level}`;
    this.#pages = pages;
    this.whole = new Resource(pages.kernel, this.label);
    this.#firstNumber = pages.kernel.numberObject(ENTRIES);
  }

  get live(): boolean {
    return this.#freedBy === undefined;
  }

  load(index: number, counts: PathCounts): Routine<bigint> {
    return this.#access("load", "read", index, (address, task) => {
      counts.loads += 1;
      const value = readWord(this.#pages.memory, address);
      task.remark = hex(value);
      return value;
    });
  }

  store(index: number, value: bigint, counts: PathCounts): Routine {
    return this.#access("store", "write", index, (address, task) => {
      counts.stores += 1;
      task.remark = hex(value);
      writeWord(this.#pages.memory, address, value);
    });
  }

  /** Answers the value before; it was replaced if that is `expected`. */
  compareExchange(
    index: number,
    expected: bigint,
    value: bigint,
    counts: PathCounts,
  ): Routine<bigint> {
    return this.#access("compare and exchange", "write", index, (address, task) => {
      counts.exchanges += 1;
      const found = this.#pages.memory.compareExchange64(address, expected, value);
      if (found === undefined) throw new RangeError(`${this.label}: its memory cannot be written`);
      if (found !== expected) counts.lostExchanges += 1;
      task.remark = `${hex(found)}${found === expected ? ` -> ${hex(value)}` : ", another"}`;
      return found;
    });
  }

  /** The entry as it is, within a step that touches the whole page. */
  peek(index: number): bigint {
    return readWord(this.#pages.memory, this.address + WORD * BigInt(index));
  }

  /** Somebody reaches the page: a rule is broken if it was freed (D-I1). */
  use(who: string): void {
    this.#pages.kernel.touch(this.whole, "read");
    if (this.#freedBy !== undefined) {
      throw new Violation(
        "D-I1",
        `use after free: ${who} reads ${this.label}, which ${this.#freedBy} freed`,
      );
    }
  }

  /** Part of a step of somebody else's: the unit's walk. */
  touchEntry(index: number, kind: AccessKind): void {
    this.#pages.kernel.touch(this.#entry(index), kind);
  }

  /** Marks the page as freed. */
  release(by: string): void {
    if (this.#freedBy !== undefined) {
      throw new Violation("double-free", `${by} frees ${this.label}, ${this.#freedBy} freed it`);
    }
    this.#freedBy = by;
  }

  #access<T>(
    verb: string,
    kind: AccessKind,
    index: number,
    run: (address: bigint, task: Task) => T,
  ): Routine<T> {
    return perform({
      verb,
      object: this.#entry(index),
      kind,
      also: [{ object: this.whole, kind: "read" }],
      run: (task) => {
        this.use(task.name);
        return run(this.address + WORD * BigInt(index), task);
      },
    });
  }

  #entry(index: number): TableEntryObject {
    let entry = this.#entries.get(index);
    if (entry === undefined) {
      const { kernel } = this.#pages;
      const name = `entry ${index} of ${this.label}`;
      entry = new TableEntryObject(kernel, name, this.#firstNumber + index);
      this.#entries.set(index, entry);
    }
    return entry;
  }
}

/**
 * The pages that tables consist of, live and freed. What is freed stays known: a walker that still has a pointer
 * to it, of software or of the unit, breaks rule D-I1 with its next read.
 */
export class TablePages {
  readonly kernel: Kernel;
  readonly memory: PageTableMemory;
  readonly #frames: TablePagesOptions["frames"];
  readonly #allocator: Resource;
  readonly #byAddress = new Map<bigint, TablePage>();
  #allocated = 0;
  #live = 0;

  constructor(kernel: Kernel, { memory, frames }: TablePagesOptions) {
    this.kernel = kernel;
    this.memory = memory;
    this.#frames = frames;
    this.#allocator = new Resource(kernel, "table pages");
  }

  /** Table pages that are allocated now. */
  get live(): number {
    return this.#live;
  }

  /** An empty table; undefined where the schedule lets the allocation fail. */
  allocate(level: TableLevel, counts: PathCounts): Routine<TablePage | undefined> {
    return perform({
      verb: "allocate one of",
      object: this.#allocator,
      kind: "read",
      run: (task) => {
        if (this.kernel.injection.fails(task, "allocate a table page")) {
          task.remark = "fails";
          return undefined;
        }
        counts.allocations += 1;
        const page = this.make(level);
        task.remark = page.label;
        return page;
      },
    });
  }

  /** An allocation that is no step and cannot fail: for a table that nobody knows of yet. */
  make(level: TableLevel): TablePage {
    const address = this.#frames.allocate(1);
    this.#clear(address);
    const page = new TablePage(this, address, level, this.#allocated++);
    this.#byAddress.set(address, page);
    this.#live += 1;
    return page;
  }

  free(page: TablePage): Routine {
    return perform({
      verb: "free",
      object: page.whole,
      kind: "write",
      run: (task) => {
        page.release(task.name);
        this.#live -= 1;
        this.#frames.release?.(page.address);
      },
    });
  }

  /** To be called when the domains are gone (D-I6). @throws Violation if a table page was never freed. */
  assertNoneLeft(): void {
    const left = [...this.#byAddress.values()].filter(({ live }) => live);
    assertInvariant(
      left.length === 0,
      "D-I6",
      () => `never freed: ${left.map(({ label }) => label).join("; ")}`,
    );
  }

  /** The table page at an address that an entry holds. @throws Violation if there never was one. */
  at(address: bigint): TablePage {
    const page = this.#byAddress.get(address);
    assertInvariant(page !== undefined, "D-I1", () => `no table page is at ${hex(address)}`);
    return page;
  }

  /** The table page, live or freed, that a word of memory lies in, and which entry it is. */
  find(address: bigint): { readonly page: TablePage; readonly index: number } | undefined {
    const offset = address % FRAME_SIZE;
    const page = this.#byAddress.get(address - offset);
    return page && { page, index: Number(offset / WORD) };
  }

  #clear(address: bigint): void {
    const { memory } = this;
    if (memory.fill !== undefined) {
      memory.fill(address, FRAME_BYTES);
      return;
    }
    for (let at = address; at < address + FRAME_SIZE; at += WORD) writeWord(memory, at, 0n);
  }
}
