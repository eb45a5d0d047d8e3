import { Errno } from "../errno.js";
import { Resource, Rwsem, type Kernel, type Routine } from "../kernel/index.js";
import {
  areasOf,
  covers,
  halvesOf,
  isAligned,
  lastOf,
  notAligned,
  pinRange,
  refusesUnmap,
  sliceOf,
  type Area,
  type Pin,
} from "./area.js";
import { Areas } from "./areas.js";
import { fillAreas } from "./fill.js";
import { IovaSpace, LAST, outside, PAGE, placement, type IovaRange } from "./iova-space.js";
import { addressOf, putPages, type Pages, type Slice } from "./pages.js";
import type { DriverDomain, MapRights, PagingOperations } from "./port.js";

export interface Mapping {
  /** Undefined: a place is looked for. */
  readonly iova: bigint | undefined;
  readonly rights: MapRights;
}

export interface IoPageTableOptions {
  readonly pin: Pin;
  /** To what a place is aligned at most that the kernel looks for, in bytes. */
  readonly placeAlignment: bigint;
}

export interface Unmapped {
  readonly bytes: bigint;
  /** What stopped it. */
  readonly error: Errno | undefined;
}

/** What is mapped where, and the domains whose tables say the same (io_pagetable). */
export class IoPageTable {
  /** Held for writing while a domain comes or goes, for reading while something is filled in or unmapped. */
  readonly domainsLock: Rwsem;
  /** Guards the areas and what is reserved: held for reading by who looks at them. */
  readonly iovaLock: Rwsem;
  readonly #kernel: Kernel;
  readonly #options: IoPageTableOptions;
  readonly #state: Resource;
  readonly #areas = new Areas<Area>();
  readonly #space = new IovaSpace();
  readonly #accesses = new Set<object>();
  #domains: DriverDomain[] = [];
  #smallPages = false;

  constructor(kernel: Kernel, options: IoPageTableOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.domainsLock = new Rwsem(kernel, "domains_rwsem");
    this.iovaLock = new Rwsem(kernel, "iova_rwsem");
    this.#state = new Resource(kernel, "io_pagetable");
  }

  /** What addresses and lengths are multiples of, in bytes. */
  get alignment(): bigint {
    this.#read();
    const least = this.#smallPages || this.#accesses.size > 0 ? PAGE : 1n;
    return this.#tables.reduce((most, { pageSize }) => (pageSize > most ? pageSize : most), least);
  }

  get isEmpty(): boolean {
    this.#read();
    return this.#areas.isEmpty;
  }

  /** Sizes of pages that all domains have, each a bit, as VFIO tells them: none is smaller than a page of the processor. */
  get pageSizes(): bigint {
    this.#read();
    const all = this.#tables.reduce(
      (sizes, { pageSize, pageSizes = pageSize }) => sizes & pageSizes,
      LAST,
    );
    const whole = all & (PAGE - 1n) ? (all & -PAGE) | PAGE : all;
    const { alignment } = this;
    return whole > alignment ? whole : alignment;
  }

  /** What may be mapped; for holders of `iovaLock`. */
  get ranges(): IovaRange[] {
    this.#read();
    return this.#space.ranges;
  }

  /**
   * Maps pieces one behind the other; whose users are taken over, if it succeeds. EINVAL: not aligned, or reserved;
   * EEXIST: something is mapped there; ENOSPC: no place is free; EPERM: the pages are not to be written;
   * EFAULT: they cannot be pinned; EOVERFLOW, ENOMEM.
   */
  *map(slices: readonly Slice[], mapping: Mapping): Routine<bigint | Errno> {
    const memory: object[] = [];
    for (const { pages } of slices) {
      const made = yield* this.#kernel.heap.allocate("iopt_area", { pages });
      if (made === undefined) {
        yield* this.#free(memory);
        return new Errno("ENOMEM", "no memory for an area");
      }
      memory.push(made);
    }
    yield* this.iovaLock.downWrite();
    const areas = this.#insert(slices, memory, mapping);
    yield* this.iovaLock.upWrite();
    if (areas instanceof Errno) {
      yield* this.#free(memory);
      return areas;
    }
    yield* this.domainsLock.downRead();
    const filled = yield* fillAreas(areas, this.#tables, this.#fillOptions);
    yield* this.iovaLock.downWrite();
    for (const area of areas) {
      if (filled === 0) area.ready = true;
      else this.#remove(area);
    }
    yield* this.iovaLock.upWrite();
    yield* this.domainsLock.upRead();
    if (filled === 0) return areas[0]!.iova;
    yield* this.#free(memory);
    return filled;
  }

  /**
   * Unmaps whole areas, in the order of their addresses, up to the first that cannot go: ENOENT, the range cuts it; EBUSY, it
   * is being mapped or unmapped, or a hardware queue lies in it. Nothing is mapped there: no error, and no bytes.
   */
  *unmap({ start, last }: IovaRange): Routine<Unmapped> {
    yield* this.domainsLock.downRead();
    yield* this.iovaLock.downWrite();
    let bytes = 0n;
    let error: Errno | undefined;
    for (let from = start; ;) {
      const area = this.#first(from, last);
      if (area === undefined) break;
      error = refusesUnmap(area, { start: from, last });
      if (error !== undefined) break;
      area.ready = false;
      yield* this.iovaLock.upWrite();
      for (const table of this.#tables) yield* table.unmap(area.iova, area.length);
      yield* this.iovaLock.downWrite();
      this.#remove(area);
      yield* this.#kernel.heap.free(area.memory);
      yield* putPages(this.#kernel, area.pages);
      bytes += area.length;
      if (lastOf(area) >= last) break;
      from = lastOf(area) + 1n;
    }
    yield* this.iovaLock.upWrite();
    yield* this.domainsLock.upRead();
    return { bytes, error };
  }

  /** What is mapped in a range, with one more user of its pages. ENOENT: a hole. */
  *slices({ start, last }: IovaRange): Routine<Slice[] | Errno> {
    yield* this.iovaLock.downRead();
    const areas = this.#contiguous(start, last);
    for (const { pages } of areas) pages.users += 1;
    const slices = areas.map((area) => sliceOf(area, { start, last }));
    yield* this.iovaLock.upRead();
    if (covers(areas, last)) return slices;
    for (const { pages } of slices) yield* putPages(this.#kernel, pages);
    return new Errno("ENOENT", `something is not mapped at 0x${start.toString(16)}`);
  }

  /** Splits what is mapped behind these addresses, so that a part of it can be unmapped. EINVAL, EBUSY, ENOMEM. */
  *cut(...lasts: readonly bigint[]): Routine<0 | Errno> {
    yield* this.iovaLock.downWrite();
    let result: 0 | Errno = 0;
    for (const last of lasts) {
      const area = this.#first(last, last);
      if (area !== undefined && result === 0) result = yield* this.#split(area, last);
    }
    yield* this.iovaLock.upWrite();
    return result;
  }

  /** Nothing may be mapped in these ranges until `release`. EADDRINUSE: something is, or user space wants it. */
  *reserve(ranges: readonly IovaRange[], owner: object): Routine<0 | Errno> {
    if (ranges.length === 0) return 0;
    yield* this.iovaLock.downWrite();
    const taken = ranges.find((range) => this.#isNeeded(range));
    if (taken === undefined) {
      this.#change(() => {
        for (const range of ranges) this.#space.reserve(range, owner);
      });
    }
    yield* this.iovaLock.upWrite();
    if (taken === undefined) return 0;
    return new Errno("EADDRINUSE", `addresses at 0x${taken.start.toString(16)} are in use`);
  }

  *release(owner: object): Routine {
    yield* this.iovaLock.downWrite();
    this.#change(() => {
      this.#space.release(owner);
    });
    yield* this.iovaLock.upWrite();
  }

  /** What user space wants to keep, instead of what it wanted before. EADDRINUSE: some of it is reserved. */
  *allow(ranges: readonly IovaRange[]): Routine<0 | Errno> {
    yield* this.iovaLock.downWrite();
    let done = false;
    this.#change(() => {
      done = this.#space.allow(ranges);
    });
    yield* this.iovaLock.upWrite();
    return done ? 0 : new Errno("EADDRINUSE", "some of the ranges is reserved");
  }

  /** Whether mappings are made of large pages. */
  get hasLargePages(): boolean {
    this.#read();
    return !this.#smallPages;
  }

  /** EINVAL: a domain has mappings; EADDRINUSE: what is mapped is not in pages. */
  *setLargePages(enable: boolean): Routine<0 | Errno> {
    yield* this.#downBoth();
    const result = enable || this.#smallPages ? 0 : this.#refusesSmallPages();
    if (result === 0) {
      this.#change(() => {
        this.#smallPages = !enable;
      });
    }
    yield* this.#upBoth();
    return result;
  }

  /** From now on everything is mapped in pages, for who looks at them as pages. EADDRINUSE: it is not. */
  *addAccess(access: object): Routine<0 | Errno> {
    yield* this.#downBoth();
    const result = this.#isAligned(PAGE) ? 0 : notAligned(PAGE);
    if (result === 0) this.#change(() => this.#accesses.add(access));
    yield* this.#upBoth();
    return result;
  }

  *removeAccess(access: object): Routine {
    yield* this.#downBoth();
    this.#change(() => this.#accesses.delete(access));
    yield* this.#upBoth();
  }

  /**
   * Pins what is mapped in a range, and keeps it from being unmapped: answers the physical address. ENOENT: a hole; EPERM: not
   * to be read; EINVAL: not in pages; EFAULT: cannot be pinned, or not in one piece.
   */
  *lock({ start, last }: IovaRange): Routine<bigint | Errno> {
    yield* this.iovaLock.downRead();
    const areas = this.#contiguous(start, last);
    const physical = pinRange(areas, { start, last }, this.#options.pin);
    if (!(physical instanceof Errno)) {
      this.#change(() => {
        for (const area of areas) area.locks += 1;
      });
    }
    yield* this.iovaLock.upRead();
    return physical;
  }

  *unlock({ start, last }: IovaRange): Routine {
    yield* this.iovaLock.downRead();
    this.#change(() => {
      for (const area of this.#contiguous(start, last)) area.locks -= 1;
    });
    yield* this.iovaLock.upRead();
  }

  /** The tables of a domain say from now on what the others say. EADDRINUSE: it cannot map what is mapped. */
  *addDomain(domain: DriverDomain): Routine<0 | Errno> {
    const table = domain.paging!;
    yield* this.#downBoth();
    let result = this.#refusesDomain(table);
    const areas = result === 0 ? [...this.#areas].filter(({ ready }) => ready) : [];
    if (result === 0) result = yield* fillAreas(areas, [table], this.#fillOptions);
    if (result === 0) {
      this.#change(() => {
        this.#domains.push(domain);
        for (const range of outside(table.aperture)) this.#space.reserve(range, domain);
      });
    }
    yield* this.#upBoth();
    return result;
  }

  /** The tables of a domain are emptied. */
  *removeDomain(domain: DriverDomain): Routine {
    const table = domain.paging!;
    yield* this.#downBoth();
    for (const { iova, length, ready } of this.#areas) {
      if (ready) yield* table.unmap(iova, length);
    }
    this.#change(() => {
      this.#domains = this.#domains.filter((other) => other !== domain);
      this.#space.release(domain);
    });
    yield* this.#upBoth();
  }

  /** All that is mapped; for holders of `iovaLock`. */
  get mapped(): readonly Mapped[] {
    this.#read();
    return [...this.#areas].filter(({ ready }) => ready);
  }

  /** Kinds of pages that are mapped, "busy" among them if something is on its way; for holders of `iovaLock`. */
  get kinds(): ReadonlySet<Pages["kind"] | "busy"> {
    this.#read();
    return new Set([...this.#areas].map(({ ready, pages }) => (ready ? pages.kind : "busy")));
  }

  get #fillOptions() {
    return { pin: this.#options.pin, smallPages: this.#smallPages };
  }

  get #tables(): PagingOperations[] {
    return this.#domains.map(({ paging }) => paging!);
  }

  /** Keeps out all others: what is mapped, and where, says the same in all domains until `#upBoth`. */
  *#downBoth(): Routine {
    yield* this.domainsLock.downWrite();
    yield* this.iovaLock.downWrite();
  }

  *#upBoth(): Routine {
    yield* this.iovaLock.upWrite();
    yield* this.domainsLock.upWrite();
  }

  /** Part of a step under the lock: takes the place, so that nothing else is mapped there. */
  #insert(
    slices: readonly Slice[],
    memory: readonly object[],
    { iova: wanted, rights }: Mapping,
  ): Area[] | Errno {
    const { alignment } = this;
    const length = slices.reduce((sum, slice) => sum + slice.length, 0n);
    if (length === 0n || length % alignment !== 0n) return notAligned(alignment);
    const iova = wanted ?? this.#findPlace(slices[0]!, length);
    if (iova instanceof Errno) return iova;
    const refusal = wanted === undefined ? undefined : this.#refusesPlace(wanted, length);
    if (refusal !== undefined) return refusal;
    for (const slice of slices) {
      if (rights.write && !slice.pages.writable) {
        return new Errno("EPERM", "the pages were mapped for reading");
      }
      if ((addressOf(slice) % PAGE) % alignment !== 0n) return notAligned(alignment);
    }
    const areas = areasOf(slices, { iova, rights, memory });
    this.#change(() => {
      for (const area of areas) this.#areas.add(area);
    });
    return areas;
  }

  #refusesPlace(iova: bigint, length: bigint): Errno | undefined {
    const { alignment } = this;
    const place = `0x${iova.toString(16)}`;
    if (iova % alignment !== 0n) return notAligned(alignment);
    const last = iova + length - 1n;
    if (last > LAST) return new Errno("EOVERFLOW", "the range goes beyond 2^64");
    if (this.#space.isReserved({ start: iova, last })) {
      return new Errno("EINVAL", `${place} is outside of what a domain or a device can map`);
    }
    if (this.#first(iova, last) !== undefined) {
      return new Errno("EEXIST", `something is mapped at ${place}`);
    }
    return undefined;
  }

  /** iopt_alloc_iova. */
  #findPlace(first: Slice, length: bigint): bigint | Errno {
    if (length >= LAST / 2n) return new Errno("EOVERFLOW", `no place has ${length} bytes`);
    const wanted = placement(addressOf(first), length, this.#options.placeAlignment);
    if (wanted.alignment < this.alignment) return notAligned(this.alignment);
    const used = [...this.#areas].map((area) => ({ start: area.iova, last: lastOf(area) }));
    const place = this.#space.place(wanted, used);
    return place ?? new Errno("ENOSPC", `no place of ${length} bytes is free`);
  }

  *#split(area: Area, last: bigint): Routine<0 | Errno> {
    const length = last + 1n - area.iova;
    if (last === area.iova || last === lastOf(area)) return 0;
    if (!area.ready) return new Errno("EBUSY", "it is being mapped or unmapped");
    const { alignment } = this;
    if ((last + 1n) % alignment !== 0n || (area.offset + length) % alignment !== 0n) {
      return notAligned(alignment);
    }
    const memory = yield* this.#kernel.heap.allocate("iopt_area", { pages: area.pages });
    if (memory === undefined) return new Errno("ENOMEM", "no memory for an area");
    if (area.locks > 0 || (this.#domains.length > 0 && !this.#smallPages)) {
      yield* this.#kernel.heap.free(memory);
      return new Errno("EINVAL", "a hardware queue or large pages may be there");
    }
    area.pages.users += 1;
    this.#change(() => {
      this.#areas.remove(area);
      for (const half of halvesOf(area, length, memory)) this.#areas.add(half);
    });
    return 0;
  }

  #refusesDomain(table: PagingOperations): 0 | Errno {
    if (table.pageSize > PAGE) return notAligned(PAGE);
    if (!this.#isAligned(table.pageSize)) {
      return new Errno("EADDRINUSE", `pages of ${table.pageSize} bytes cannot map what is mapped`);
    }
    const taken = outside(table.aperture).some((range) => this.#isNeeded(range));
    return taken ? new Errno("EADDRINUSE", "it cannot map what is mapped or wanted") : 0;
  }

  #refusesSmallPages(): 0 | Errno {
    if (this.#domains.length > 0 && !this.#areas.isEmpty) {
      return new Errno("EINVAL", "domains have mappings that may be of large pages");
    }
    return this.#isAligned(PAGE) ? 0 : new Errno("EADDRINUSE", "what is mapped is not in pages");
  }

  #isAligned(alignment: bigint): boolean {
    this.#read();
    return [...this.#areas].every((area) => isAligned(area, alignment));
  }

  #isNeeded(range: IovaRange): boolean {
    return this.#first(range.start, range.last) !== undefined || this.#space.isWanted(range);
  }

  /** Areas from the one at `start` on, without a hole or one that is not ready, up to `last`. */
  #contiguous(start: bigint, last: bigint): Area[] {
    this.#read();
    const areas: Area[] = [];
    let at = start;
    for (const area of this.#areas.inside(start, last + 1n)) {
      if (area.iova > at || !area.ready) break;
      areas.push(area);
      at = area.iova + area.length;
    }
    return areas;
  }

  #first(start: bigint, last: bigint): Area | undefined {
    this.#read();
    return this.#areas.first(start, last + 1n);
  }

  #remove(area: Area): void {
    this.#change(() => {
      this.#areas.remove(area);
    });
  }

  *#free(memory: readonly object[]): Routine {
    for (const each of memory) yield* this.#kernel.heap.free(each);
  }

  #read(): void {
    this.#kernel.touch(this.#state, "read");
  }

  #change(change: () => void): void {
    this.#kernel.touch(this.#state, "write");
    change();
  }
}

export interface Mapped {
  readonly iova: bigint;
  readonly length: bigint;
}
