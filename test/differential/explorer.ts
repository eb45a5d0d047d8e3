import type { MemoryPort } from "../../host/memory/port.js";
import type { GuestMemory } from "../../host/memory/guest-memory.js";
import type { CachedReads, MayCache, ReadWord, Tags } from "./may-cache.js";
import type { TableImage } from "./table-image.js";

/** A branch that cannot be: the cached words do not belong to the request. */
class Impossible extends Error {}

/** One way in which a request may be answered. */
export interface Branch<T> {
  readonly said: T;
  readonly reads: readonly ReadWord[];
  /** Words of memory that it changes. */
  readonly writes: ReadonlyMap<bigint, bigint>;
  readonly tags: Tags;
  /** Entries of memory that were looked at although a cache had what was needed of them. */
  readonly beside: readonly CachedReads[];
}

/** What is known of the requester before anything is read. */
export interface Asker {
  readonly sourceId: number;
  readonly pasid: number | undefined;
  readonly address: bigint;
  /** The request may be answered from the IOTLB. */
  readonly usesIotlb: boolean;
}

/**
 * Guest memory as the oracle sees it for one request, when caches may answer in its place: wherever a
 * cache would be looked up, the request goes on with what memory says, or with what the cache may hold.
 * `branches` walks through all combinations.
 */
export class Explorer implements MemoryPort {
  readonly #memory: GuestMemory;
  readonly #image: TableImage;
  readonly #cache: MayCache;
  readonly #asker: Asker;
  readonly #rpsSupported: boolean;
  readonly #legacy: boolean;
  /** Which option is taken at each place where there are several, and how many there are. */
  #script: { taken: number; of: number }[] = [];
  #place = 0;
  #reads: ReadWord[] = [];
  #writes = new Map<bigint, bigint>();
  /** Words that come next, out of a cache. */
  #served: readonly ReadWord[] = [];
  #servedAt = 0;
  /** They are a whole translation. */
  #wholeRequest = false;
  /** They were found by the request's tags, whatever the tables above them say. */
  #servedAnywhere = false;
  /** Tables that were looked at so far: a cache is looked up at the first word of each. */
  #began = new Set<string>();
  #contextWords: bigint[] = [];
  #pasidWords: bigint[] = [];

  constructor(
    surroundings: {
      readonly memory: GuestMemory;
      readonly image: TableImage;
      readonly cache: MayCache;
      readonly legacy: boolean;
      /** ECAP.RPS. */
      readonly ridPasid: boolean;
    },
    asker: Asker,
  ) {
    this.#memory = surroundings.memory;
    this.#image = surroundings.image;
    this.#cache = surroundings.cache;
    this.#legacy = surroundings.legacy;
    this.#rpsSupported = surroundings.ridPasid;
    this.#asker = asker;
  }

  /** Every way in which `ask`, which reads this memory, can end; memory alone decides the first. */
  *branches<T>(ask: () => T): Generator<Branch<T>> {
    for (;;) {
      this.#begin();
      try {
        const said = ask();
        // Cached rights may refuse a request before all words were looked at.
        const reads = this.#finalReads();
        const beside = this.#contextBeside(reads);
        yield { said, reads, writes: this.#writes, tags: this.#tags(), beside };
      } catch (error) {
        if (!(error instanceof Impossible)) throw error;
      }
      while (this.#script.length > 0) {
        const last = this.#script.at(-1);
        if (++last.taken < last.of) break;
        this.#script.pop();
      }
      if (this.#script.length === 0) return;
    }
  }

  read64(address: bigint): bigint | undefined {
    this.#lookUp(Number(address));
    const served = this.#served[this.#servedAt];
    const value = this.#next(address);
    if (value === undefined) return undefined;
    const use = this.#image.use(Number(address))?.name;
    // Where no table is the word was not read, but where it came from.
    const from = use === undefined && served !== undefined ? served.address : Number(address);
    this.#reads.push({ address: from, value, cached: served !== undefined });
    if (use === "context table") this.#contextWords.push(value);
    if (use === "PASID table") this.#pasidWords.push(value);
    return value;
  }

  write64(): boolean {
    throw new Error("a walk only writes by compare-and-exchange");
  }

  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined {
    const found = this.#writes.get(address) ?? this.#memory.read64(address);
    // Flags are set before an entry is cached: what needs one is no answer of a cache.
    if (found !== expected) throw new Impossible();
    this.#writes.set(address, replacement);
    return found;
  }

  #begin(): void {
    this.#place = 0;
    this.#reads = [];
    this.#writes = new Map();
    this.#served = [];
    this.#servedAt = 0;
    this.#wholeRequest = false;
    this.#servedAnywhere = false;
    this.#began = new Set();
    this.#contextWords = [];
    this.#pasidWords = [];
  }

  /** The word of the cache whose turn it is, or of memory. */
  #next(address: bigint): bigint | undefined {
    const served = this.#served[this.#servedAt];
    if (served !== undefined) {
      // The table may be another one than where the word was read; its place in the table is not.
      const elsewhere = (served.address & 0xfff) !== Number(address & 0xfffn);
      if (elsewhere && !this.#servedAnywhere) throw new Impossible();
      this.#servedAt += 1;
      return served.value;
    }
    if (this.#wholeRequest) throw new Impossible();
    return this.#writes.get(address) ?? this.#memory.read64(address);
  }

  /** Offers what caches may hold where a unit would look it up. */
  #lookUp(address: number): void {
    if (this.#wholeRequest) return;
    const use = this.#image.use(address) ?? this.#lostTable(address);
    if (use === undefined) return;
    if (use.name === "context table" && this.#isFieldsOfTranslation(address)) {
      this.#choose(this.#distinct(this.#translationsFrom(address), address));
    }
    if (this.#isServing) return;
    const { sourceId } = this.#asker;
    const options: CachedReads[] = [];
    if (use.name === "root table" && this.#isFirst("root")) {
      options.push(...this.#translations());
      options.push(...this.#cache.find("context", (entry) => entry.sourceId === sourceId));
    } else if (use.name === "PASID directory" && this.#isFirst("directory")) {
      const wanted = this.#pasid();
      const hits = (entry: CachedReads) => entry.sourceId === sourceId && entry.pasid === wanted;
      options.push(...this.#cache.find("pasid", hits));
    } else if (use.level > 0) {
      options.push(...this.#walkOptions(address, use));
    }
    this.#choose(this.#distinct(options, address));
  }

  #translations(): CachedReads[] {
    const { sourceId, pasid, address: input, usesIotlb } = this.#asker;
    if (!usesIotlb) return [];
    return this.#cache.find(
      "iotlb",
      (entry) =>
        entry.sourceId === sourceId &&
        entry.ownPasid === pasid &&
        entry.input >> BigInt(entry.shift) === input >> BigInt(entry.shift),
    );
  }

  get #isServing(): boolean {
    return this.#servedAt < this.#served.length;
  }

  /**
   * The second word of a context entry: RID_PASID and RID_PRIV, or AW and DID, belong to a translation.
   * A unit may look at the first word, which says what requests are allowed, and have all else cached.
   */
  #isFieldsOfTranslation(address: number): boolean {
    return address % (this.#legacy ? 16 : 32) === 8 && this.#isFirst("fields of the translation");
  }

  /** What the IOTLB may say from the second word of the context entry on. */
  #translationsFrom(address: number): CachedReads[] {
    const sameWord = (read: ReadWord) =>
      (read.address & 0xfff) === (address & 0xfff) &&
      this.#image.use(read.address)?.name === "context table";
    return this.#translations().flatMap((entry) => {
      const from = entry.reads.findIndex(sameWord);
      return from < 0 ? [] : [{ ...entry, reads: entry.reads.slice(from) }];
    });
  }

  /** A pointer leads to no table by now: what was read through it before may be cached. */
  #lostTable(address: number): { name: string; level: number } | undefined {
    if (!this.#legacy && this.#contextWords.length === 4 && this.#pasidWords.length === 0) {
      return { name: "PASID directory", level: 0 };
    }
    const words = this.#legacy ? this.#contextWords : this.#pasidWords;
    if (words.length < (this.#legacy ? 2 : 3)) return undefined;
    const isSecond = this.#legacy || (words[0]! & 0x80n) !== 0n;
    const stage = isSecond && this.#isTop(address) ? "second-stage" : "first-stage";
    return { name: `${stage} root`, level: 1 };
  }

  #walkOptions(address: number, use: { name: string; level: number }): CachedReads[] {
    const tags = this.#tags();
    const options: CachedReads[] = [];
    if (this.#isFirst("walk") && tags.hasFirstStage) {
      const { address: input } = this.#asker;
      const hits = (entry: CachedReads) =>
        entry.domain === tags.domain &&
        entry.pasid === tags.pasid &&
        entry.input >> BigInt(entry.shift) === input >> BigInt(entry.shift);
      options.push(...this.#cache.find("first-stage", hits));
    }
    if (use.name.startsWith("second")) {
      // The address is not known here: words of another one turn out not to be those that are read.
      const hits = ({ domain, reads }: CachedReads) =>
        domain === tags.domain && (reads[0]!.address & 0xfff) === (address & 0xfff);
      if (this.#isTop(address)) options.push(...this.#cache.find("second-stage", hits));
    }
    return options;
  }

  #isTop(address: number): boolean {
    const root = this.#legacy ? (this.#contextWords[0] ?? 0n) : (this.#pasidWords[0] ?? 0n);
    return ((BigInt(address) ^ root) >> 12n) << 12n === 0n;
  }

  #isFirst(name: string): boolean {
    if (this.#began.has(name)) return false;
    this.#began.add(name);
    return true;
  }

  #choose(options: readonly CachedReads[]): void {
    if (options.length === 0) return;
    const choice = (this.#script[this.#place] ??= { taken: 0, of: options.length + 1 });
    this.#place += 1;
    if (choice.taken === 0) return;
    const { cache, reads } = options[choice.taken - 1]!;
    this.#served = reads;
    this.#servedAt = 0;
    this.#wholeRequest = cache === "iotlb";
    this.#servedAnywhere = cache === "first-stage" || cache === "iotlb";
  }

  /**
   * The options that lead to something else than memory does, one of each kind: of each the words up to
   * the last that memory has otherwise by now.
   */
  #distinct(options: readonly CachedReads[], start: number): CachedReads[] {
    const found = new Map<string, CachedReads>();
    for (const option of options) {
      const length = this.#isServing ? option.reads.length : this.#staleLength(option, start);
      if (length === 0) continue;
      const reads = option.cache === "iotlb" ? option.reads : option.reads.slice(0, length);
      const key = `${option.cache} ${reads.map(({ address, value }) => `${address}=${value}`).join()}`;
      if (!found.has(key)) found.set(key, { ...option, reads });
    }
    return [...found.values()];
  }

  /** Words of an option up to the last that differs from memory; all of them if it starts elsewhere. */
  #staleLength({ cache, reads, firstStageRoot }: CachedReads, start: number): number {
    const otherRoot = cache === "first-stage" && firstStageRoot !== this.#pasidWords[2];
    if (reads[0]!.address !== start || otherRoot) return reads.length;
    const differs = ({ address, value }: ReadWord) =>
      this.#memory.read64(BigInt(address)) !== value;
    return reads.findLastIndex(differs) + 1;
  }

  /** What was read, with the flags that were set on the way. */
  #finalReads(): ReadWord[] {
    return this.#reads.map(({ address, value, cached }) => ({
      address,
      cached,
      value: this.#writes.get(BigInt(address)) ?? value,
    }));
  }

  /**
   * A context entry of which the first word was read, and the IOTLB had all else: whole, as memory has it,
   * it may be in the context cache by now.
   */
  #contextBeside(all: readonly ReadWord[]): CachedReads[] {
    const nameOf = ({ address }: ReadWord) => this.#image.use(address)?.name;
    const ofContext = all.filter((read) => /^(root|context) table$/.test(nameOf(read) ?? ""));
    if (ofContext[0]?.cached !== false || ofContext.at(-1)?.cached !== true) return [];
    const reads = ofContext.map(({ address }) => {
      return { address, value: this.#memory.read64(BigInt(address)) ?? 0n, cached: false };
    });
    const tags = this.#tags();
    const domain = this.#legacy ? domainOfContext(reads.at(-1).value) : tags.domain;
    return [{ ...tags, domain, cache: "context", reads, input: 0n, shift: 64 }];
  }

  #pasid(): number {
    const { pasid } = this.#asker;
    if (pasid !== undefined) return pasid;
    return this.#rpsSupported ? Number((this.#contextWords[1] ?? 0n) & 0xfffffn) : 0;
  }

  #tags(): Tags {
    const { sourceId, pasid: ownPasid } = this.#asker;
    const type = ((this.#pasidWords[0] ?? 0n) >> 6n) & 7n;
    return {
      sourceId,
      ownPasid,
      pasid: this.#legacy ? 0 : this.#pasid(),
      domain: this.#legacy
        ? domainOfContext(this.#contextWords[1] ?? 0n)
        : Number((this.#pasidWords[1] ?? 0n) & 0xffffn),
      type: this.#legacy ? 0 : Number(type),
      hasFirstStage: !this.#legacy && (type === 1n || type === 3n),
      firstStageRoot: this.#pasidWords[2] ?? 0n,
    };
  }
}

/** DID in the second word of a legacy context entry. */
function domainOfContext(word: bigint): number {
  return Number((word >> 8n) & 0xffffn);
}
