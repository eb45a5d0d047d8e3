import { placeRegisters } from "../../host/core/register-placement.js";
import type { Iommu } from "../../host/iommu.js";
import type { OracleUnit } from "../../host/oracle/index.js";
import type { MemoryRequest } from "../../host/spec/requests.js";
import { Difference, inWords, same, type Account } from "./difference.js";
import type { Ground, PooledUnit } from "./ground.js";

/** What a unit sends besides answers, in order. */
export type Sent = readonly [kind: string, message: object];

export const MESSAGES = ["interrupt", "pageGroupResponse", "deviceTlbInvalidate", "fault"] as const;

/** Registers that tell of progress: compared after every step, the others at the end. */
const WATCHED = ["GSTS", "FSTS", "IQH", "ICS", "IQERCD", "PRS", "PQT", "FECTL", "IECTL", "PECTL"];

/** Performance monitoring and enhanced commands, which the oracle does not have. */
const UNMODELLED = /^(PERF|ECMD|ECEO|ECRSP|ECSTS|ECCAP)/;

const SRTP = 1n << 30n;

/** A register of a unit. */
export interface Place {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
}

/** The registers of a unit, as far as the oracle has them too, by name. */
export function placesOf(values: Readonly<Record<string, number>>): ReadonlyMap<string, Place> {
  const places = placeRegisters(values).filter(({ name }) => !UNMODELLED.test(name));
  return new Map(places.map(({ name, offset, bytes }) => [name, { name, offset, bytes }]));
}

interface AccessTokens {
  readonly own: number;
  readonly other: number | undefined;
}

/**
 * The unit and the oracle side by side: each step is done to both, and answers, messages, registers and
 * memory must be the same.
 */
export class Duel {
  readonly iommu: Iommu;
  readonly oracle: OracleUnit;
  readonly unit: PooledUnit;
  /** What the unit has sent since the duel began. */
  readonly sent: readonly Sent[];
  readonly #ground: Ground;
  readonly #account: Account | undefined;
  readonly #sent: { readonly own: Sent[]; readonly other: Sent[] };
  readonly #inFlight: AccessTokens[] = [];
  #compared = 0;
  /** Another root table than the first was latched: caches may know the first still. */
  rootChanged = false;
  #latchedRoot: bigint | undefined;

  constructor(unit: PooledUnit, ground: Ground, account: Account | undefined) {
    this.unit = unit;
    this.#ground = ground;
    this.#account = account;
    this.iommu = unit.iommu;
    this.oracle = unit.oracle;
    this.#sent = unit.sent;
    this.#sent.own.length = 0;
    this.#sent.other.length = 0;
    this.sent = this.#sent.own;
    this.iommu.reset("power-good");
    this.oracle.reset("power-good");
    account?.opening(`unit: ${inWords(unit.combination)}`);
  }

  /** Value of a capability field. */
  has(field: string): boolean {
    return (this.unit.capabilities.values[field] ?? 0) !== 0;
  }

  /** The register of that name, if the unit has one. */
  place(name: string): Place | undefined {
    return this.unit.places.get(name);
  }

  /** A register's value; 0 without the register. */
  read(name: string): bigint {
    const place = this.place(name);
    return place === undefined ? 0n : this.#readPlace(this.iommu, place);
  }

  write(name: string, value: bigint): void {
    const place = this.place(name);
    if (place === undefined) return;
    const size = Math.min(place.bytes, 8);
    const written = BigInt.asUintN(8 * size, value);
    if (name === "GCMD" && (written & SRTP) !== 0n) this.#latchRoot();
    this.access({ kind: "write", offset: place.offset, size, value: written }, name);
  }

  /** A line of the account for what is not done to the units. */
  note(line: string): void {
    this.#account?.line(line);
  }

  /** Any access to the register page, also one that the manual leaves undefined. */
  access(
    access: { kind: "read" | "write"; offset: number; size: number; value: bigint },
    name = "",
  ): void {
    const defined = (unit: Iommu | OracleUnit) => {
      const { value, problem } = unit.access(access);
      const read = access.kind === "read" && access.size <= 8;
      return { value: read ? value : 0n, isDefined: problem === undefined };
    };
    this.both(
      `${access.kind} ${name} ${inWords(access)}`,
      () => defined(this.iommu),
      () => defined(this.oracle),
    );
  }

  /** Does something to both, and compares what they answer, what they send, and their status. */
  both<T>(line: string, own: () => T, other: () => unknown): T {
    this.#account?.line(line);
    const answer = own();
    const expected = other();
    if (!same(answer, expected)) this.#differ("the answers differ", answer, expected);
    this.#compareMessages();
    for (const name of WATCHED) {
      const place = this.place(name);
      if (place !== undefined) this.#compareRegister(place);
    }
    return answer;
  }

  /** A DMA that stays in flight until `end`. */
  begin(request: MemoryRequest): void {
    const own = this.iommu;
    this.both(
      `beginAccess ${inWords(request)}`,
      () => {
        const { result, token } = own.beginAccess(request);
        this.#inFlight.push({ own: token, other: undefined });
        return result;
      },
      () => {
        const { result, token } = this.oracle.beginAccess(request);
        this.#inFlight.push({ own: this.#inFlight.pop()!.own, other: token });
        return result;
      },
    );
    const tokens = this.#inFlight.at(-1);
    if (tokens.own === 0 || tokens.other === undefined) this.#end(this.#inFlight.pop()!);
  }

  /** Ends one of the accesses in flight. */
  end(which: number): void {
    if (this.#inFlight.length === 0) return;
    const [tokens] = this.#inFlight.splice(which % this.#inFlight.length, 1);
    this.both(
      `endAccess of the access that began ${which % (this.#inFlight.length + 1)} after the oldest`,
      () => this.iommu.endAccess(tokens!.own),
      () => this.oracle.endAccess(tokens!.other!),
    );
  }

  #latchRoot(): void {
    const root = this.read("RTADDR");
    this.rootChanged ||= this.#latchedRoot !== undefined && this.#latchedRoot !== root;
    this.#latchedRoot = root;
  }

  #end(tokens: AccessTokens): void {
    this.iommu.endAccess(tokens.own);
    if (tokens.other !== undefined) this.oracle.endAccess(tokens.other);
  }

  /** Every register, and all of memory. */
  compareAll(): void {
    for (const place of this.unit.places.values()) this.#compareRegister(place);
    const differences = this.#ground.differences();
    if (differences.length === 0) return;
    differences.forEach((difference) =>
      this.#account?.line(`memory differs: ${inWords(difference)}`),
    );
    throw new Difference("memory differs");
  }

  /** A reset, which forgets the accesses in flight. */
  reset(kind: "power-good" | "warm"): void {
    this.#inFlight.length = 0;
    this.both(
      `reset ${kind}`,
      () => this.iommu.reset(kind),
      () => this.oracle.reset(kind),
    );
  }

  #compareMessages(): void {
    const { own, other } = this.#sent;
    for (; this.#compared < Math.max(own.length, other.length); this.#compared++) {
      const [left, right] = [own[this.#compared], other[this.#compared]];
      if (!same(left, right)) this.#differ("the messages differ", left, right);
      this.#account?.line(`  sent: ${inWords(left)}`);
    }
  }

  #compareRegister(place: Place): void {
    const [own, other] = [this.#readPlace(this.iommu, place), this.#readPlace(this.oracle, place)];
    if (own !== other) this.#differ(`${place.name} differs`, own, other);
  }

  #readPlace(unit: Iommu | OracleUnit, { offset, bytes }: Place): bigint {
    if (bytes === 16) return unit.read64(offset) | (unit.read64(offset + 8) << 64n);
    return bytes === 8 ? unit.read64(offset) : BigInt(unit.read32(offset) >>> 0);
  }

  #differ(summary: string, own: unknown, other: unknown): never {
    this.#account?.line(`the unit: ${inWords(own)}`);
    this.#account?.line(`the oracle: ${inWords(other)}`);
    throw new Difference(summary);
  }
}
