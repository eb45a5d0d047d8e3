import type { Iommu } from "../../host/iommu.js";
import { Oracle } from "../../host/oracle/index.js";
import type { Step } from "../../host/oracle/inquiry.js";
import { Difference, inWords, same, type Account } from "./difference.js";
import type { Ground } from "./ground.js";
import { lawful } from "./lawful.js";
import { MEMORY_SIZE } from "./table-image.js";
import { aimOf, build, worldDraw, type DrawnRequest, type World } from "./world.js";

const GCMD = 0x18;
const RTADDR = 0x20;
const SRTP = 2 ** 30;
const TE = 2 ** 31;
const FSTS = 0x34;
const PQA = 0xd0;

/** What both say of a request, in the same words. */
type Said = Readonly<Record<string, unknown>>;

/** The fields that both implementations answer. */
function normal(result: object): Said {
  const { logged, fields, ...rest } = result as Record<string, unknown>;
  void logged;
  void fields;
  return rest;
}

/** The call that a drawn request is, without its receiver. */
interface Call {
  readonly method: "translate" | "requestTranslation" | "translateTranslated" | "requestPage";
  readonly request: Parameters<Iommu["translate"]>[0] &
    Parameters<Iommu["requestTranslation"]>[0] &
    Parameters<Iommu["requestPage"]>[0];
}

function callOf(drawn: DrawnRequest, world: World): Call {
  const { access, execute, noWrite, last } = drawn;
  // The oracle does not take the privilege of a translated request yet.
  const privileged = drawn.privileged && drawn.kind !== "translated";
  const size = drawn.size === 0 && access !== "read" ? 8 : drawn.size;
  const request = {
    ...aimOf(drawn, world),
    ...{ access, privileged, execute, size, noWrite, last },
    ...{ read: true, write: noWrite, group: 3 },
  };
  const methods = {
    translate: "translate",
    "translation-request": "requestTranslation",
    translated: "translateTranslated",
    "page-request": "requestPage",
  } as const;
  return { method: methods[drawn.kind], request };
}

function askUnit(iommu: Iommu, { method, request }: Call): Said {
  if (method !== "requestPage") return normal(iommu[method](request));
  const said = iommu.requestPage(request);
  // A queue of one page in a world without free frames is filled soon.
  if (said.status === "accepted" || said.why === "PRO" || said.why === "queue-full") {
    return { status: "authorised" };
  }
  if (said.why === "PRS=0" || said.why === "translation-disabled") return { status: "dropped" };
  return { status: "refused", why: said.why, record: said.record };
}

function askOracle(oracle: Oracle, { method, request }: Call): Said {
  if (method !== "requestPage") return normal(oracle[method](request));
  const said = oracle.authorisePageRequest(request);
  if (said.ok) return { status: "authorised" };
  if (said.condition === undefined) return { status: "dropped" };
  return { status: "refused", why: said.condition, record: said.record };
}

/** Upper and lower halves of all fault recording registers. */
function faultRegisters(iommu: Iommu): readonly bigint[] {
  const first = Number((iommu.capabilities.cap >> 24n) & 0x3ffn) * 16;
  const count = Number((iommu.capabilities.cap >> 40n) & 0xffn) + 1;
  return Array.from({ length: 2 * count }, (_, index) => iommu.read64(first + 8 * index));
}

/** The oracle's fault records in the form of the registers (§11.4.7.6). */
function oracleRegisters(oracle: Oracle): readonly bigint[] {
  const bit = (set: boolean, at: number) => (set ? 1n << BigInt(at - 64) : 0n);
  return oracle.faults.records.flatMap((fields) => {
    if (fields === undefined) return [0n, 0n];
    const high =
      BigInt(fields.sourceId) |
      bit(fields.t2, 92) |
      bit(fields.privileged, 93) |
      bit(fields.execute, 94) |
      bit(fields.pasidPresent, 95) |
      (BigInt(fields.reason) << 32n) |
      (BigInt(fields.pasid) << 40n) |
      (BigInt(fields.addressType) << 60n) |
      bit(fields.t1, 126) |
      bit(true, 127);
    return [fields.address, high];
  });
}

/** 64-bit words of the entries that have more than one, as the oracle calls them. */
const ENTRY_WORDS: Readonly<Record<string, number>> = {
  "root entry": 2,
  "context entry": 2,
  "scalable-mode root entry": 2,
  "scalable-mode context entry": 4,
  "PASID-table entry": 8,
};

/**
 * Whether software kept to the rules that make answers out of caches predictable while tables do not
 * change: one domain id goes with one set of tables and attributes (§6.2, Table 17), and no word is an
 * entry of two kinds of table, so that a flag set in one does not change the other.
 */
class CachingRules {
  readonly #domains = new Map<bigint, bigint>();
  readonly #uses = new Map<bigint, string>();

  /** False once the entries that a request met break a rule. */
  keptBy(steps: readonly Step[]): boolean {
    return steps.every(
      ({ structure, address, value }) =>
        wordsOf(structure, address).every((word) => this.#isAlone(structure, word)) &&
        (value === undefined || this.#agrees(structure, value)),
    );
  }

  #isAlone(structure: string, address: bigint): boolean {
    const words = ENTRY_WORDS[structure] ?? 1;
    for (let word = address; word < address + BigInt(8 * words); word += 8n) {
      const known = this.#uses.get(word) ?? structure;
      this.#uses.set(word, known);
      if (known !== structure) return false;
    }
    return true;
  }

  #agrees(structure: string, value: bigint): boolean {
    if (structure === "PASID-table entry") {
      // All but FPD, the domain itself, and what belongs to requests rather than tables: PGSNP, SRE.
      const ignored = (1n << 1n) | (0xffffn << 64n) | (1n << 88n) | (1n << 128n) | (1n << 132n);
      return this.#sole((value >> 64n) & 0xffffn, value & ~ignored);
    }
    if (structure === "context entry" && value >> 128n === 0n) {
      const ignored = 2n | (0xffffn << 72n);
      return this.#sole((value >> 72n) & 0xffffn, value & ~ignored);
    }
    return true;
  }

  #sole(domain: bigint, content: bigint): boolean {
    const known = this.#domains.get(domain) ?? content;
    this.#domains.set(domain, known);
    return known === content;
  }
}

/** Bytes of the entries that have more than one word. */
const LARGE_ENTRIES: readonly (readonly [RegExp, number])[] = [
  [/root entry$/, 16],
  [/context entry$/, 32],
  [/^PASID-table entry$/, 64],
];

/** The addresses of all words of an entry: another table may lie over any of them. */
function wordsOf(structure: string, address: bigint): bigint[] {
  const bytes = LARGE_ENTRIES.find(([name]) => name.test(structure))?.[1] ?? 8;
  return Array.from({ length: bytes / 8 }, (_, word) => address + BigInt(8 * word));
}

/** Draws of `translation`. */
export const translationDraw = worldDraw;

/**
 * Both answer every request over random tables alike, set the same flags, and record the same faults:
 * with caches flushed before each request, or with caches in use over tables that do not change.
 * @throws Difference
 */
export function translation(drawn: World, ground: Ground, account?: Account): void {
  const { iommu, combination, capabilities } = ground.unit(drawn.unit);
  const world = drawn.lawful ? lawful(drawn, capabilities.values) : drawn;
  const { rootTableAddress, poison } = build(world, ground.image);
  ground.lay(poison);
  // Page requests are authorised, and find no room: the queue lies outside of RAM.
  iommu.write64(PQA, BigInt(MEMORY_SIZE));
  iommu.write64(RTADDR, rootTableAddress);
  iommu.write32(GCMD, SRTP);
  iommu.write32(GCMD, TE);
  const oracle = new Oracle({ ...capabilities, memory: ground.other });
  oracle.state = {
    translationEnabled: true,
    rootTableAddress: iommu.read64(RTADDR),
    interruptRemappingEnabled: false,
  };
  account?.opening(`unit: ${inWords(combination)}`);
  poison.forEach((range) => account?.opening(`accesses fail: ${inWords(range)}`));
  account?.line(`write RTADDR ${inWords(rootTableAddress)}, GCMD SRTP, GCMD TE`);
  const rules = new CachingRules();
  // Without ESRTPS a new root table pointer flushes nothing.
  const flush = world.flush && capabilities.values["ESRTPS"] === 1;
  const cachesFaults = capabilities.values["CM"] === 1;
  for (const request of world.requests) {
    if (flush) iommu.write32(GCMD, TE + SRTP);
    const call = callOf(request, world);
    account?.line(
      `${flush ? "write GCMD TE + SRTP; " : ""}${call.method} ${inWords(call.request)}`,
    );
    const before = account === undefined ? 0 : iommu.read32(FSTS);
    const expected = askOracle(oracle, call);
    const { steps } = oracle;
    steps.forEach(({ address, value }) =>
      account?.read(address, Math.ceil((value ?? 0n).toString(16).length / 16)),
    );
    if ((!flush || cachesFaults) && !rules.keptBy(steps)) return;
    const actual = askUnit(iommu, call);
    if (!same(actual, expected)) {
      account?.line(`the unit, with FSTS ${inWords(BigInt(before))}: ${inWords(actual)}`);
      account?.line(`the oracle: ${inWords(expected)}, after it had read`);
      steps.forEach((step) => account?.line(`  ${inWords(step)}`));
      throw new Difference(`${call.method} is answered differently`);
    }
    if (cachesFaults) followAccessedFlags(ground);
  }
  compareMemory(ground, account);
  const [own, other] = [faultRegisters(iommu), oracleRegisters(oracle)];
  if (!same(own, other)) {
    account?.line(`fault recording registers of the unit: ${inWords(own)}`);
    account?.line(`of the oracle: ${inWords(other)}`);
    throw new Difference("fault recording registers differ");
  }
}

/** A and EA of a first-stage entry, A of a second-stage one. */
const ACCESSED = (1n << 5n) | (1n << 10n) | (1n << 8n);

/**
 * With caching mode A is set as well in leaves whose lack of rights is cached (choice K6). The oracle's
 * memory gets it too, for later requests may see it.
 */
function followAccessedFlags(ground: Ground): void {
  for (const { address, unit, oracle } of ground.differences()) {
    if (unit === (oracle | (unit & ACCESSED))) ground.other.write64(address, unit);
  }
}

function compareMemory(ground: Ground, account: Account | undefined): void {
  const differences = ground.differences();
  if (differences.length === 0) return;
  differences.forEach((difference) => account?.line(`memory differs: ${inWords(difference)}`));
  throw new Difference("the flags in memory differ");
}
