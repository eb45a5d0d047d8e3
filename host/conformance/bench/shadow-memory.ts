import type { Operation } from "../operation.js";

const PAGE = 4096;
const LINE = 64;

interface ShadowPage {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** The target has never been told about this page. */
  fresh: boolean;
  /** First bytes of lines that the target does not know. */
  readonly changed: Set<number>;
}

/**
 * Guest memory as the case has written it, for builders that want to read and write at once. What
 * changed goes to the target ahead of the next operation; pages that were never touched are zero, and
 * become so in the target. What the unit writes shows after `store` alone.
 */
export class ShadowMemory {
  readonly #pages = new Map<bigint, ShadowPage>();
  readonly #waiting = new Set<bigint>();

  read64(address: bigint): bigint {
    const { page, at } = this.#locate(address, 8);
    return page.view.getBigUint64(at, true);
  }

  write64(address: bigint, value: bigint): true {
    const { page, at } = this.#locate(address, 8);
    // A page that the target does not know yet becomes zero there first: tables are cleared for nothing.
    if (page.fresh && page.view.getBigUint64(at, true) === value) return true;
    page.view.setBigUint64(at, value, true);
    this.#changed(address, page, at);
    return true;
  }

  readBytes(address: bigint, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const { page, at } = this.#locate(address + BigInt(done), 1);
      const part = page.bytes.subarray(at, Math.min(PAGE, at + length - done));
      bytes.set(part, done);
      done += part.length;
    }
    return bytes;
  }

  writeBytes(address: bigint, bytes: Uint8Array): void {
    this.#put(address, bytes, true);
  }

  /** Takes over what the target has in memory: it is not sent back. Nothing may wait to be sent. */
  store(address: bigint, bytes: Uint8Array): void {
    this.#put(address, bytes, false);
    for (const number of this.#waiting) this.#pages.get(number)!.fresh = false;
    this.#waiting.clear();
  }

  /** The operations that bring the target up to date. */
  takeChanges(): Operation[] {
    const operations: Operation[] = [];
    for (const number of this.#waiting) {
      const page = this.#pages.get(number)!;
      const start = number * BigInt(PAGE);
      if (page.fresh) {
        operations.push({ op: "fill-memory", address: start, length: PAGE, value: 0 });
        page.fresh = false;
      }
      for (const [first, end] of runs(page.changed)) {
        const data = page.bytes.slice(first, end);
        operations.push({ op: "write-memory", address: start + BigInt(first), data });
      }
      page.changed.clear();
    }
    this.#waiting.clear();
    return operations;
  }

  #put(address: bigint, bytes: Uint8Array, changes: boolean): void {
    for (let done = 0; done < bytes.length;) {
      const place = address + BigInt(done);
      const { page, at } = this.#locate(place, 1);
      const part = bytes.subarray(done, done + Math.min(PAGE - at, bytes.length - done));
      page.bytes.set(part, at);
      for (let line = at - (at % LINE); changes && line < at + part.length; line += LINE) {
        this.#changed(place, page, line);
      }
      done += part.length;
    }
  }

  #locate(address: bigint, size: number): { page: ShadowPage; at: number } {
    const at = Number(address % BigInt(PAGE));
    if (address < 0n || at + size > PAGE || at % size !== 0) {
      throw new RangeError(`address 0x${address.toString(16)}: expected a multiple of ${size}`);
    }
    const number = address / BigInt(PAGE);
    let page = this.#pages.get(number);
    if (page === undefined) {
      const bytes = new Uint8Array(PAGE);
      page = { bytes, view: new DataView(bytes.buffer), fresh: true, changed: new Set() };
      this.#pages.set(number, page);
      this.#waiting.add(number);
    }
    return { page, at };
  }

  #changed(address: bigint, page: ShadowPage, at: number): void {
    page.changed.add(at - (at % LINE));
    this.#waiting.add(address / BigInt(PAGE));
  }
}

/** Lines that follow each other, as [first byte, end]. */
function runs(lines: ReadonlySet<number>): [number, number][] {
  const found: [number, number][] = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.[1] === line) last[1] = line + LINE;
    else found.push([line, line + LINE]);
  }
  return found;
}
