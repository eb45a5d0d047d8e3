/** Drives a unit as a log of a Linux boot tells, and compares what it does with what is logged. */
import { GuestMemory, Iommu } from "../../host/index.js";
import { registers } from "../../host/spec/registers.js";
import { LinuxTables } from "./linux-tables.js";
import type {
  Attempt,
  LoggedDescriptor,
  LoggedPageRequest,
  LogEvent,
  RegisterAccess,
} from "./linux-log.js";

/** 00:05.0. */
const ENDPOINT = 0x28;
/** The endpoint's doorbell: a write through a translated address; 4 is such a read. */
const TRANSLATED_WRITE = 5;
/** Types of descriptors by the log's names (§6.5.2). */
const TYPES: Readonly<Record<string, bigint>> = {
  wait: 5n,
  p_iotlb: 6n,
  pasid_cache: 7n,
  p_devtlb: 8n,
  prgresp: 9n,
};
const DESCRIPTOR_BYTES = 32;
/** What Linux puts where a wait writes its status. */
const IN_USE = 1;

type Observation = Exclude<
  LogEvent,
  { kind: "capabilities" | "register" | "attempt" | "deviceCommand" }
>;
type Stimulus = RegisterAccess | Attempt;

/** An access or an attempt, and what the log says it caused. */
interface Step {
  readonly stimulus: Stimulus;
  readonly caused: Observation[];
  /** The endpoint's command at that time. */
  readonly command: number;
}

/** How much was compared, by kind, and what differed. */
export interface Account {
  readonly mismatches: string[];
  readonly compared: Record<string, number>;
}

function stepsOf(events: readonly LogEvent[]): Step[] {
  const steps: Step[] = [];
  let command = 0;
  for (const event of events) {
    if (event.kind === "capabilities") continue;
    if (event.kind === "deviceCommand") {
      command = event.command;
    } else if (event.kind === "register" || event.kind === "attempt") {
      steps.push({ stimulus: event, caused: [], command });
    } else {
      const last = steps.at(-1);
      if (last === undefined) {
        throw new Error(`line ${event.line}: nothing is logged that could have caused this`);
      }
      last.caused.push(event);
    }
  }
  return steps;
}

const caused = <K extends Observation["kind"]>(step: Step, kind: K) =>
  step.caused.filter((event): event is Extract<Observation, { kind: K }> => event.kind === kind);

const hex = (_: string, value: unknown) =>
  typeof value === "bigint" || typeof value === "number" ? `0x${value.toString(16)}` : value;

class Replay {
  readonly account: Account = { mismatches: [], compared: {} };
  readonly #iommu: Iommu;
  readonly #memory: GuestMemory;
  readonly #tables: LinuxTables;
  /** What the unit did in this step, as the log would have it. */
  #seen: Record<Observation["kind"], unknown[]> = emptied();
  /** Group index of the endpoint's next page request. */
  #group = 0;

  constructor(iommu: Iommu, memory: GuestMemory) {
    this.#iommu = iommu;
    this.#memory = memory;
    this.#tables = new LinuxTables(memory, ENDPOINT);
    iommu.on("interrupt", ({ address, data }) => this.#seen.interrupt.push({ address, data }));
    iommu.on("pageGroupResponse", (response) => this.#seen.response.push(response));
    // Linux and the endpoint of the log complete at once.
    iommu.on("deviceTlbInvalidate", (request) => iommu.completeInvalidation(request));
    iommu.on("trace", (event) => {
      if (event.kind === "descriptor") {
        this.#seen.descriptor.push({ offset: event.offset, words: event.words });
      }
      if (event.kind === "pageRequest") this.#seen.pageRequest.push(event.offset);
    });
  }

  run(steps: readonly Step[]): void {
    for (const step of steps) {
      this.#seen = emptied();
      const { stimulus } = step;
      if (stimulus.kind === "register") this.#access(stimulus, step);
      else this.#attempt(stimulus, step.command);
      this.#compareCaused(step);
    }
  }

  #compare(line: number, what: string, found: unknown, logged: unknown): void {
    this.account.compared[what] = (this.account.compared[what] ?? 0) + 1;
    const [is, was] = [found, logged].map((value) => JSON.stringify(value, hex));
    if (is !== was) this.account.mismatches.push(`line ${line}: ${what} ${is}, logged ${was}`);
  }

  #access({ name, size, access, value, line }: RegisterAccess, step: Step): void {
    const offset = offsetOf(name, line);
    if (access === "write") {
      this.#tables.follow(name, value);
      if (name === "IQT") this.#submit(caused(step, "descriptor"));
      if (size === 4) this.#iommu.write32(offset, Number(value));
      else this.#iommu.write64(offset, value);
      return;
    }
    const found = size === 4 ? BigInt(this.#iommu.read32(offset)) : this.#iommu.read64(offset);
    const { cap, ecap } = this.#iommu.capabilities;
    // The preset's own: the test of the headers says how they differ.
    const own = name === "CAP" ? cap : name === "ECAP" ? ecap : value;
    this.#compare(line, name, found, own);
  }

  /** What the driver did before it wrote IQT. */
  #submit(descriptors: readonly LoggedDescriptor[]): void {
    const base = this.#iommu.read64(offsetOf("IQA")) & ~0xfffn;
    for (const { offset, type, words, line } of descriptors) {
      const [low, high] = words;
      this.#compare(line, "descriptor type", (low & 0xfn) | ((low >> 5n) & 0x70n), TYPES[type]);
      [low, high, 0n, 0n].forEach((word, i) =>
        this.#memory.write64(base + BigInt(offset + 8 * i), word),
      );
      if (type === "wait") this.#memory.write32(high & ~3n, IN_USE);
    }
  }

  /** Translation request, and translated access or page request: what the endpoint does. */
  #attempt(logged: Attempt, command: number): void {
    const { pasid, address, translated, line } = logged;
    const write = command === TRANSLATED_WRITE;
    this.#tables.showEntries(logged);
    this.#tables.showPage(address, translated, write);
    const requester = { sourceId: ENDPOINT, pasid, address };
    const answer = this.#iommu.requestTranslation({ ...requester, noWrite: !write });
    const granted = answer.status === "ok" && (write ? answer.write : answer.read);
    const output =
      answer.status === "ok" && granted ? answer.address | (address & 0xfffn) : undefined;
    this.#compare(line, "translation", output, translated);
    if (output === undefined) {
      const condition = answer.status === "blocked" ? "blocked" : answer.condition;
      this.#compare(line, "condition", condition, "SFS.2");
      const access = { read: true, write, last: true, group: this.#group++ };
      const { status } = this.#iommu.requestPage({ ...requester, ...access });
      this.#compare(line, "page request", status, "accepted");
    } else {
      const access = write ? "write" : "read";
      const request = { sourceId: ENDPOINT, address: output, access } as const;
      const passed = this.#iommu.translateTranslated(request);
      this.#compare(line, "translated access", passed.status, "ok");
    }
  }

  #compareCaused(step: Step): void {
    const { line } = step.stimulus;
    const expect = (what: Observation["kind"], logged: unknown[]) =>
      this.#compare(line, what, this.#seen[what], logged);
    const descriptors = caused(step, "descriptor");
    expect(
      "descriptor",
      descriptors.map(({ offset, words }) => ({ offset, words: [...words, 0n, 0n] })),
    );
    expect(
      "response",
      caused(step, "response").map(({ sourceId, pasid, group, code }) => ({
        sourceId,
        pasid,
        group,
        code,
      })),
    );
    expect(
      "interrupt",
      caused(step, "interrupt").map(({ address, data }) => ({ address, data })),
    );
    const requests = caused(step, "pageRequest");
    expect(
      "pageRequest",
      requests.map(({ offset }) => offset),
    );
    for (const request of requests) this.#comparePageRequest(request);
    for (const { words, type, line: at } of descriptors) {
      if (type !== "wait") continue;
      const found = this.#memory.read32(words[1] & ~3n);
      this.#compare(at, "wait status", found, Number(words[0] >> 32n));
    }
    for (const { line: at, value } of caused(step, "rootTable")) {
      this.#compare(at, "root table", this.#iommu.read64(offsetOf("RTADDR")), value);
    }
  }

  /** The descriptor in guest memory, where the driver will look for it. */
  #comparePageRequest({ line, offset, words, head }: LoggedPageRequest): void {
    const queue = this.#iommu.read64(offsetOf("PQA")) & ~0xfffn;
    const found = [0, 8, 16, 24].map((at) => this.#memory.read64(queue + BigInt(offset + at)));
    this.#compare(line, "page request descriptor", found, [...words, 0n, 0n]);
    this.#compare(line, "PQH at the page request", this.#iommu.read64(offsetOf("PQH")), head);
  }

  /** Descriptors that the unit would execute once more are none of the log's. */
  finish(): void {
    const tail = this.#iommu.read64(offsetOf("IQT"));
    this.#compare(0, "queue head at the end", this.#iommu.read64(offsetOf("IQH")), tail);
    this.#compare(0, "bytes of descriptors", Number(tail) % DESCRIPTOR_BYTES, 0);
  }
}

function emptied(): Record<Observation["kind"], unknown[]> {
  return { rootTable: [], descriptor: [], response: [], pageRequest: [], interrupt: [] };
}

function offsetOf(mnemonic: string, line = 0): number {
  const register = registers.find((candidate) => candidate.mnemonic === mnemonic);
  if (register === undefined) throw new Error(`line ${line}: no register is called ${mnemonic}`);
  return register.offset;
}

/** Replays a log in a unit of preset "linux" with the log's PDS. */
export async function replay(events: readonly LogEvent[], PDS: 0 | 1): Promise<Account> {
  const memory = GuestMemory.create({ size: 0x400_0000 });
  const iommu = await Iommu.create({
    memory,
    preset: "linux",
    version: 0x60,
    capabilities: { PDS },
    trace: true,
  });
  const run = new Replay(iommu, memory);
  run.run(stepsOf(events));
  run.finish();
  return run.account;
}
