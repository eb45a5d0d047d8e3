import { Errno } from "../errno.js";
import { Resource, Rwsem, type Kernel, type Routine } from "../kernel/index.js";
import { Areas } from "./areas.js";
import type { DriverDomain, MapRights, PagingOperations } from "./port.js";

/** A mapped range. `ready` is false while it is being mapped or unmapped: nothing else may use it then. */
interface Area {
  readonly iova: bigint;
  readonly length: bigint;
  readonly physical: bigint;
  readonly rights: MapRights;
  ready: boolean;
}

export interface Mapping {
  /** Undefined: the lowest place that is free. */
  readonly iova: bigint | undefined;
  readonly length: bigint;
  readonly physical: bigint;
  readonly rights: MapRights;
}

const ADDRESS_LIMIT = 1n << 64n;

/** What is mapped where, and the domains whose tables say the same (io_pagetable). */
export class IoPageTable {
  /** Held for writing while a domain comes or goes, for reading while something is mapped or unmapped. */
  readonly domainsLock: Rwsem;
  /** Guards the areas: held for reading by who looks at what is mapped. */
  readonly iovaLock: Rwsem;
  readonly #state: Resource;
  readonly #areas = new Areas<Area>();
  #domains: DriverDomain[] = [];

  constructor(kernel: Kernel) {
    this.domainsLock = new Rwsem(kernel, "domains_rwsem");
    this.iovaLock = new Rwsem(kernel, "iova_rwsem");
    this.#state = new Resource(kernel, "io_pagetable");
  }

  /** What addresses and lengths are multiples of, in bytes: the largest of the domains' smallest pages. */
  get alignment(): bigint {
    this.#read();
    return this.#tables.reduce((most, { pageSize }) => (pageSize > most ? pageSize : most), 1n);
  }

  /** EEXIST: something is mapped there; EINVAL: not aligned, or no domain can map it; ENOSPC: no place is free. */
  *map(mapping: Mapping): Routine<bigint | Errno> {
    yield* this.domainsLock.downRead();
    const result = yield* this.#map(mapping);
    yield* this.domainsLock.upRead();
    return result;
  }

  *#map({ iova: wanted, length, physical, rights }: Mapping): Routine<bigint | Errno> {
    yield* this.iovaLock.downWrite();
    const iova = wanted ?? this.#findPlace(length);
    const refusal = iova instanceof Errno ? iova : this.#refuses(iova, length, physical);
    if (refusal !== undefined || iova instanceof Errno) {
      yield* this.iovaLock.upWrite();
      return refusal!;
    }
    const area: Area = { iova, length, physical, rights, ready: false };
    this.#change(() => {
      this.#areas.add(area);
    });
    yield* this.iovaLock.upWrite();
    const filled = yield* this.#fill(area, this.#tables);
    yield* this.iovaLock.downWrite();
    if (filled === 0) area.ready = true;
    else this.#remove(area);
    yield* this.iovaLock.upWrite();
    return filled === 0 ? iova : filled;
  }

  /** Unmaps whole areas. ENOENT: there are none, or the range cuts one. Answers how many bytes went. */
  *unmap(iova: bigint, length: bigint): Routine<bigint | Errno> {
    yield* this.domainsLock.downRead();
    yield* this.iovaLock.downWrite();
    const end = iova + length;
    const areas = this.#inside(iova, end);
    const cut = areas.some((area) => area.iova < iova || area.iova + area.length > end);
    const busy = areas.some(({ ready }) => !ready);
    let result: bigint | Errno = 0n;
    if (cut || busy) result = new Errno(busy ? "EBUSY" : "ENOENT", "the range cuts what is mapped");
    else if (areas.length === 0 && length < ADDRESS_LIMIT) {
      result = new Errno("ENOENT", "nothing is mapped there");
    } else {
      for (const area of areas) area.ready = false;
      yield* this.iovaLock.upWrite();
      for (const area of areas) {
        for (const table of this.#tables) yield* table.unmap(area.iova, area.length);
        result += area.length;
      }
      yield* this.iovaLock.downWrite();
      for (const area of areas) this.#remove(area);
    }
    yield* this.iovaLock.upWrite();
    yield* this.domainsLock.upRead();
    return result;
  }

  /** The tables of a domain say from now on what the others say. EADDRINUSE: it cannot map what is mapped. */
  *addDomain(domain: DriverDomain): Routine<0 | Errno> {
    const table = domain.paging!;
    yield* this.domainsLock.downWrite();
    yield* this.iovaLock.downWrite();
    let result: 0 | Errno = this.#fits(table)
      ? 0
      : new Errno("EADDRINUSE", `${domain.name} cannot map what is mapped`);
    const done: Area[] = [];
    for (const area of result === 0 ? this.#areas : []) {
      result = yield* this.#fill(area, [table]);
      if (result !== 0) break;
      done.push(area);
    }
    if (result === 0) this.#change(() => this.#domains.push(domain));
    else for (const area of done) yield* table.unmap(area.iova, area.length);
    yield* this.iovaLock.upWrite();
    yield* this.domainsLock.upWrite();
    return result;
  }

  /** The tables of a domain are emptied. */
  *removeDomain(domain: DriverDomain): Routine {
    const table = domain.paging!;
    yield* this.domainsLock.downWrite();
    yield* this.iovaLock.downWrite();
    for (const { iova, length } of this.#areas) yield* table.unmap(iova, length);
    this.#change(() => {
      this.#domains = this.#domains.filter((other) => other !== domain);
    });
    yield* this.iovaLock.upWrite();
    yield* this.domainsLock.upWrite();
  }

  /** Ranges that are mapped, cut to one, up to the first hole; for holders of `iovaLock`. */
  mappedFrom(iova: bigint, length: bigint): { ranges: readonly Mapped[]; complete: boolean } {
    this.#read();
    const end = iova + length;
    const ranges: Mapped[] = [];
    let at = iova;
    for (const area of this.#inside(iova, end)) {
      if (area.iova > at || !area.ready) break;
      const stop = area.iova + area.length < end ? area.iova + area.length : end;
      ranges.push({ iova: at, length: stop - at });
      at = stop;
    }
    return { ranges, complete: at === end };
  }

  /** All that is mapped; for holders of `iovaLock`. */
  get mapped(): readonly Mapped[] {
    this.#read();
    return [...this.#areas].filter(({ ready }) => ready);
  }

  get #tables(): PagingOperations[] {
    return this.#domains.map(({ paging }) => paging!);
  }

  *#fill(area: Area, tables: readonly PagingOperations[]): Routine<0 | Errno> {
    for (const [at, table] of tables.entries()) {
      const result = yield* table.map(area.iova, area.physical, area.length, area.rights);
      if (result === 0) continue;
      for (const done of tables.slice(0, at)) yield* done.unmap(area.iova, area.length);
      return result;
    }
    return 0;
  }

  #refuses(iova: bigint, length: bigint, physical: bigint): Errno | undefined {
    const { alignment } = this;
    if ((iova | length | physical) % alignment !== 0n) {
      return new Errno("EINVAL", `expected multiples of ${alignment} bytes`);
    }
    if (this.#inside(iova, iova + length).length > 0) {
      return new Errno("EEXIST", `something is mapped at 0x${iova.toString(16)}`);
    }
    const outside = this.#tables.some(
      ({ aperture }) => iova < aperture.start || iova + length - 1n > aperture.last,
    );
    return outside
      ? new Errno("EINVAL", `0x${iova.toString(16)} is outside of what a domain can map`)
      : undefined;
  }

  #findPlace(length: bigint): bigint | Errno {
    const { alignment } = this;
    const start = this.#tables.reduce(
      (most, { aperture: a }) => (a.start > most ? a.start : most),
      0n,
    );
    const last = this.#tables.reduce(
      (least, { aperture: a }) => (a.last < least ? a.last : least),
      ADDRESS_LIMIT - 1n,
    );
    let at = start;
    for (const area of this.#areas) {
      if (at + length <= area.iova) break;
      const behind = area.iova + area.length;
      if (behind > at) at = ((behind + alignment - 1n) / alignment) * alignment;
    }
    if (at + length - 1n <= last) return at;
    return new Errno("ENOSPC", `no place of ${length} bytes is free`);
  }

  #fits({ pageSize, aperture }: PagingOperations): boolean {
    return [...this.#areas].every(
      ({ iova, length, physical }) =>
        (iova | length | physical) % pageSize === 0n &&
        iova >= aperture.start &&
        iova + length - 1n <= aperture.last,
    );
  }

  #inside(start: bigint, end: bigint): Area[] {
    this.#read();
    return this.#areas.inside(start, end);
  }

  #remove(area: Area): void {
    this.#change(() => {
      this.#areas.remove(area);
    });
  }

  #read(): void {
    this.#state.kernel.touch(this.#state, "read");
  }

  #change(change: () => void): void {
    this.#state.kernel.touch(this.#state, "write");
    change();
  }
}

export interface Mapped {
  readonly iova: bigint;
  readonly length: bigint;
}
