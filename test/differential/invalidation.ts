import { decodeCapabilities, largestPageSize } from "../../host/oracle/capabilities.js";
import { Oracle } from "../../host/oracle/index.js";
import { cachedReads, type Answer } from "./cached-reads.js";
import { Difference, inWords, same, type Account } from "./difference.js";
import { sayOfOracle, sayOfUnit, type Call } from "./both-answers.js";
import { Explorer, type Branch } from "./explorer.js";
import type { Ground, PooledUnit, WordDifference } from "./ground.js";
import { descriptorOf, invalidationOf } from "./invalidation-descriptor.js";
import type { Invalidations, Of, Step } from "./invalidation-draw.js";
import { lawful } from "./lawful.js";
import {
  MayCache,
  type CachedReads,
  type Invalidation,
  type ReadWord,
  type Tags,
} from "./may-cache.js";
import { changedWord } from "./software-change.js";
import { aimOf, build, type World } from "./world.js";

const GCMD = 0x18;
const RTADDR = 0x20;
const IQH = 0x80;
const IQT = 0x88;
const IQA = 0x90;
const [TE, SRTP, QIE] = [2 ** 31, 2 ** 30, 2 ** 26] as const;
const PQH = 0xc0;
const PQT = 0xc8;
const PQA = 0xd0;
const QUEUE_BYTES = 4096;
/** TT of a legacy context entry, where it stands. */
const PASS_THROUGH = 8n;
/** A and EA of a first-stage entry, A of a second-stage one. */
const ACCESSED = (1n << 5n) | (1n << 10n) | (1n << 8n);
/** Values of PGTT. */
const [FIRST_STAGE, NESTED] = [1, 3] as const;

/** A request, and whom it was found to belong to. */
interface Asked {
  readonly call: Call;
  readonly tags: Tags;
}

/**
 * Software changes tables and invalidates as it likes. Every answer of the unit is then one that memory
 * or caches may give that chapter 6 allows to hold what was read since they were last invalidated.
 * @throws Difference
 */
export function invalidation(drawn: Invalidations, ground: Ground, account?: Account): void {
  const unit = ground.unit(drawn.world.unit);
  const world = lawful(drawn.world, unit.capabilities.values);
  new Scene(world, unit, ground, account).play(drawn.steps);
}

class Scene {
  readonly #world: World;
  readonly #unit: PooledUnit;
  readonly #ground: Ground;
  readonly #account: Account | undefined;
  readonly #legacy: boolean;
  readonly #largestPageSize: number;
  readonly #cache: MayCache;
  readonly #oracle: Oracle;
  readonly #queue: number;
  readonly #pageRequests: number;
  #tail = 0;
  /** What the oracle reads: other eyes for every request. */
  #eyes: Explorer | undefined;
  readonly #asked: Asked[] = [];
  #lastRead: readonly number[] = [];

  constructor(world: World, unit: PooledUnit, ground: Ground, account: Account | undefined) {
    const { iommu, capabilities } = unit;
    this.#world = world;
    this.#unit = unit;
    this.#ground = ground;
    this.#account = account;
    const { rootTableAddress } = build(world, ground.image);
    this.#queue = ground.image.frame("invalidation queue");
    this.#pageRequests = ground.image.frame("page request queue");
    ground.lay();
    this.#legacy = world.mode === "legacy";
    this.#largestPageSize = largestPageSize(decodeCapabilities(capabilities));
    this.#cache = new MayCache(this.#legacy);
    account?.opening(`unit: ${inWords(unit.combination)}`);
    iommu.write64(IQA, BigInt(this.#queue) | (this.#isWide ? 1n << 11n : 0n));
    if (capabilities.values["PRS"] === 1) iommu.write64(PQA, BigInt(this.#pageRequests));
    iommu.write64(RTADDR, rootTableAddress);
    for (const command of [SRTP, QIE, QIE + TE]) iommu.write32(GCMD, command);
    account?.line(`RTADDR ${inWords(rootTableAddress)}; queue, translation enabled`);
    this.#oracle = new Oracle({
      ...capabilities,
      memory: {
        read64: (address) => this.#eyes!.read64(address),
        write64: () => false,
        compareExchange64: (...words) => this.#eyes!.compareExchange64(...words),
      },
    });
    this.#oracle.state = {
      translationEnabled: true,
      rootTableAddress: iommu.read64(RTADDR),
      interruptRemappingEnabled: false,
    };
  }

  get #isWide(): boolean {
    return this.#unit.capabilities.values["SMTS"] === 1;
  }

  get #cachesFaults(): boolean {
    return this.#unit.capabilities.values["CM"] === 1;
  }

  /**
   * Whether the unit has written what the branch does. With caching mode A may be set besides in leaves
   * whose lack of rights is cached (choice K6).
   */
  #explains({ writes: expected }: Branch<Answer>, writes: readonly WordDifference[]): boolean {
    const spare = this.#cachesFaults ? ACCESSED : 0n;
    const isExpected = ({ address, unit, oracle }: WordDifference): boolean => {
      const wanted = expected.get(address) ?? oracle;
      return unit === (wanted | (unit & spare));
    };
    const written = new Set(writes.map(({ address }) => address));
    return (
      writes.every(isExpected) && [...expected.keys()].every((address) => written.has(address))
    );
  }

  play(steps: readonly Step[]): void {
    for (const step of steps) {
      switch (step.kind) {
        case "request":
          if (!this.#ask(this.#callOf(step))) return;
          break;
        case "change":
          this.#change(step);
          break;
        case "invalidate":
          this.#invalidate(step);
          break;
        case "everything":
          this.#invalidateEverything(step.how);
          break;
      }
    }
  }

  #callOf({ request: drawn, again }: Of<"request">): Call {
    const { access, privileged, execute, noWrite } = drawn;
    const earlier = again === null ? undefined : this.#asked.at(-1 - again)?.call.request;
    const { sourceId, pasid, address } = earlier ?? aimOf(drawn, this.#world);
    const size = drawn.size === 0 && access !== "read" ? 8 : drawn.size;
    const methods = {
      translate: "translate",
      "translation-request": "requestTranslation",
      translated: "translateTranslated",
      "page-request": "requestPage",
    } as const;
    const page = { read: true, write: noWrite, last: false, group: 1 };
    const request = {
      sourceId,
      pasid,
      address,
      access,
      privileged,
      execute,
      noWrite,
      size,
      ...page,
    };
    return { method: methods[drawn.kind], request };
  }

  /** False if there are too many ways to answer. */
  #ask(call: Call): boolean {
    const { iommu, capabilities } = this.#unit;
    const { method, request } = call;
    const said = sayOfUnit(iommu, call);
    this.#takePageRequests();
    const writes = this.#ground.differences();
    this.#account?.line(`${method} ${inWords(request)}`);
    const usesIotlb = method === "translate" || method === "requestTranslation";
    const surroundings = {
      memory: this.#ground.other,
      image: this.#ground.image,
      cache: this.#cache,
      legacy: this.#legacy,
      ridPasid: capabilities.values["RPS"] === 1,
    };
    this.#eyes = new Explorer(surroundings, { ...request, pasid: request.pasid, usesIotlb });
    const legal: Branch<Answer>[] = [];
    const others: Branch<Answer>[] = [];
    for (const branch of this.#eyes.branches(() => sayOfOracle(this.#oracle, call))) {
      this.#oracle.faults.clearOverflow();
      const fits = same(branch.said, said) && this.#explains(branch, writes);
      if (fits) legal.push({ ...branch, reads: afterwards(branch.reads, writes) });
      else others.push(branch);
      if (legal.length + others.length > MOST_BRANCHES) return false;
    }
    for (const { reads } of [...legal, ...others]) {
      reads.forEach(({ address }) => this.#account?.read(BigInt(address), 1));
    }
    this.#account?.line(`  -> ${inWords(said)}`);
    if (legal.length === 0) {
      if (this.#passesAsCached(call)) return false;
      this.#differ(said, writes, others);
    }
    for (const branch of legal) {
      const circumstances = {
        ...request,
        usesIotlb,
        cachesFaults: this.#cachesFaults,
        largestPageSize: this.#largestPageSize,
      };
      const kept = cachedReads(branch, branch.said, this.#ground.image, circumstances);
      kept.forEach((entry) => this.#cache.add(entry));
    }
    if (said.status === "accepted") this.#invalidateImplicitly(legal, request.address);
    writes.forEach(({ address, unit }) => this.#ground.other.write64(address, unit));
    const { tags, reads } = legal[0]!;
    this.#asked.push({ call, tags });
    this.#lastRead = reads.map(({ address }) => address);
    return true;
  }

  /**
   * TT of a legacy context entry says both that translation requests are allowed and that they pass. A
   * unit may look up the one and have the other cached, which no entry could tell the oracle.
   */
  #passesAsCached({ method, request }: Call): boolean {
    if (!this.#legacy || method !== "requestTranslation") return false;
    const passes = ({ sourceId, reads }: CachedReads) =>
      sourceId === request.sourceId && ((reads[2]?.value ?? 0n) & 0xcn) === PASS_THROUGH;
    return this.#cache.find("iotlb", passes).length > 0;
  }

  /** Software takes what the unit has queued; only what it is worth to caches matters here. */
  #takePageRequests(): void {
    const { own, other } = this.#ground;
    const at = BigInt(this.#pageRequests);
    other.writeBytes(at, own.readBytes(at, QUEUE_BYTES));
    if (this.#unit.capabilities.values["PRS"] !== 1) return;
    this.#unit.iommu.write64(PQH, this.#unit.iommu.read64(PQT));
  }

  /** §6.5.3.1, Table 27: a page request that is queued removes what its device may have met. */
  #invalidateImplicitly(legal: readonly Branch<Answer>[], address: bigint): void {
    const { type, domain, pasid } = legal[0]!.tags;
    const agreed = legal.every(
      ({ tags }) => tags.type === type && tags.domain === domain && tags.pasid === pasid,
    );
    // With several entries that may have been used, it is open what was removed: perhaps nothing.
    if (!agreed) return;
    const pages = { address, addressMask: 0, leafOnly: false };
    if (type === NESTED) this.#cache.invalidate({ type: "iotlb-domain", domain });
    else if (type === FIRST_STAGE) {
      this.#cache.invalidate({ type: "pasid-iotlb-pages", domain, pasid, ...pages });
    } else this.#cache.invalidate({ type: "iotlb-pages", domain, ...pages });
  }

  #differ(
    said: Answer,
    writes: readonly WordDifference[],
    others: readonly Branch<Answer>[],
  ): never {
    this.#account?.line(`the unit: ${inWords(said)}, and wrote ${inWords(writes.map(written))}`);
    for (const [index, branch] of others.entries()) {
      const source = index === 0 ? "by memory" : "or, with entries that may be cached";
      const changed = [...branch.writes].map(([address, unit]) => written({ address, unit }));
      this.#account?.line(`${source}: ${inWords(branch.said)}, writing ${inWords(changed)}`);
      const read = branch.reads.map(
        ({ address, value, cached }) =>
          `${inWords(BigInt(address))}=${inWords(value)}${cached ? " (cached)" : ""}`,
      );
      this.#account?.line(`  after it has read ${read.join(", ")}`);
    }
    throw new Difference("the unit gives an answer that neither memory nor a cache may give");
  }

  /** Software changes a word of an entry that the last request has met. */
  #change({ word, how, bit, frame }: Of<"change">): void {
    const { other } = this.#ground;
    const address = this.#lastRead[word % Math.max(1, this.#lastRead.length)];
    if (address === undefined) return;
    const before = other.read64(BigInt(address))!;
    const value = changedWord(
      { how, bit, frame },
      { address, before },
      { image: this.#ground.image, legacy: this.#legacy },
    );
    if (value === before) return;
    this.#account?.line(
      `memory ${inWords(BigInt(address))}: ${inWords(before)} -> ${inWords(value)}`,
    );
    for (const memory of [this.#ground.own, other]) memory.write64(BigInt(address), value);
  }

  #invalidate(step: Of<"invalidate">): void {
    const asked = this.#asked.at(-1 - step.of);
    if (asked === undefined) return;
    const invalidation = invalidationOf(
      step,
      { tags: asked.tags, address: asked.call.request.address },
      { values: this.#unit.capabilities.values, legacy: this.#legacy },
    );
    if (invalidation !== undefined) this.#submit(invalidation);
  }

  #submit(invalidation: Invalidation): void {
    const { iommu } = this.#unit;
    const words = descriptorOf(invalidation);
    const stride = this.#isWide ? 32 : 16;
    for (let index = 0; index < stride / 8; index++) {
      const at = BigInt(this.#queue + this.#tail + 8 * index);
      const word = words[index] ?? 0n;
      for (const memory of [this.#ground.own, this.#ground.other]) memory.write64(at, word);
    }
    this.#tail = (this.#tail + stride) % QUEUE_BYTES;
    this.#account?.line(`queue: ${inWords(invalidation)}`);
    iommu.write64(IQT, BigInt(this.#tail));
    if (iommu.read64(IQH) !== BigInt(this.#tail)) {
      throw new Difference(`the queue stops at a legal descriptor, ${inWords(words)}`);
    }
    this.#cache.invalidate(invalidation);
  }

  #invalidateEverything(how: Of<"everything">["how"]): void {
    const { iommu, capabilities } = this.#unit;
    const scalable = capabilities.values["SMTS"] === 1;
    if (how === "queue") {
      this.#submit({ type: "context-global" });
      if (!this.#legacy) this.#submit({ type: "pasid-global" });
      this.#submit({ type: "iotlb-global" });
      return;
    }
    this.#account?.line(how === "translation" ? "GCMD: TE off and on" : "GCMD: SRTP");
    if (how === "translation") {
      iommu.write32(GCMD, QIE);
      iommu.write32(GCMD, QIE + TE);
    } else {
      iommu.write32(GCMD, QIE + TE + SRTP);
    }
    // Table 27: units with scalable mode invalidate when translation is disabled.
    const invalidates = how === "translation" ? scalable : capabilities.values["ESRTPS"] === 1;
    if (invalidates) this.#cache.invalidate({ type: "everything" });
  }
}

/** More than that many ways to answer one request are not looked at: the run ends there. */
const MOST_BRANCHES = 100;

function written({ address, unit }: { address: bigint; unit: bigint }): object {
  return { address, value: unit };
}

/** The words that were read, as the unit has left them. */
function afterwards(reads: readonly ReadWord[], writes: readonly WordDifference[]): ReadWord[] {
  if (writes.length === 0) return [...reads];
  const left = new Map(writes.map(({ address, unit }) => [Number(address), unit]));
  return reads.map((read) =>
    read.cached ? read : { ...read, value: left.get(read.address) ?? read.value },
  );
}
