import type { UnitTap } from "../../core/tap.js";
import { Iommu } from "../../iommu.js";
import { GuestMemory } from "../../memory/guest-memory.js";
import { FirstStageTable } from "../../tables/first-stage.js";
import { FrameAllocator } from "../../tables/frames.js";
import { AttachTable, faultsOf, Iopf, svaDomain, type Group } from "../iopf/index.js";
import { assertInvariant, Kernel, Resource, type Routine } from "../kernel/index.js";
import {
  attach,
  bootSequence,
  descriptors,
  enableDevice,
  pageRequestThread,
  probe,
  runAccesses,
  VtdUnit,
  type VtdDomain,
} from "../vtd/index.js";
import { LoadEndpoint } from "./load-endpoint.js";
import { FIRST_PAGE, PageGroups, type PageGroup } from "./page-groups.js";

export interface FaultLoadOptions {
  /** 1 to 4096. Default 8. */
  readonly endpoints?: number;
  /** Address spaces, each bound to a PASID of every endpoint: 1 to 64. Default 16. */
  readonly pasids?: number;
  /** Of pages and their order. Default 1. */
  readonly seed?: number;
  /** Let memory be poisoned and accesses be noted, as for exploring. Default true. */
  readonly checks?: boolean;
  /**
   * Groups that `run` will be asked for, all calls together, or until `forgetPages`: there is memory for
   * their page tables. Default 10,000.
   */
  readonly groups?: number;
  /** Sees all that reaches the unit: a `Recorder`, for a recording. Default: none. */
  readonly tap?: UnitTap;
}

type LoadSize = Required<Omit<FaultLoadOptions, "tap">>;

const TARGET = 0x1000n;
const FRAMES = 0x2000n;
const PAGE_REQUEST_MESSAGE = 0x21;
/** 2^4 pages of 128 entries, as Linux has it. */
const QUEUE_SIZE = 4;
const PAGE = 4096;
const FIRST_SOURCE_ID = 0x100;
/** Page requests of all endpoints together that may wait for an answer: the queue has room for them. */
const MOST_OUTSTANDING = 1024;

/**
 * Page faults on their whole way: endpoint, remapping unit, page request queue, its thread, the I/O page fault core, a
 * work queue that maps the pages, the response descriptor, and the endpoint's retry.
 */
export class FaultLoad {
  readonly kernel: Kernel;
  readonly iommu: Iommu;
  readonly #endpoints: readonly LoadEndpoint[];
  readonly #groups: PageGroups;
  readonly #pri: Resource;
  /** Groups that were answered, and are to be retried. */
  readonly #answered: PageGroup[] = [];
  readonly #expected = new Map<string, PageGroup>();
  #unit!: VtdUnit;
  #spaces: readonly FirstStageTable[] = [];
  #toSend = 0;
  #done = 0;
  #outstanding = 0;

  private constructor(kernel: Kernel, iommu: Iommu, options: LoadSize) {
    this.kernel = kernel;
    this.iommu = iommu;
    this.#groups = new PageGroups(options.seed, options.endpoints, options.pasids);
    this.#pri = new Resource(kernel, "endpoints");
    this.#endpoints = Array.from(
      { length: options.endpoints },
      (_, n) => new LoadEndpoint(iommu, FIRST_SOURCE_ID + n),
    );
  }

  /** @throws RangeError for a number of endpoints or PASIDs out of range. */
  static async create(options: FaultLoadOptions = {}): Promise<FaultLoad> {
    const { endpoints = 8, pasids = 16, seed = 1, checks = true, groups = 10_000 } = options;
    checkRange("endpoints", endpoints, 1, 4096);
    checkRange("pasids", pasids, 1, 64);
    const whole = { endpoints, pasids, seed, checks, groups };
    const memory = GuestMemory.create({ size: memoryFor(whole) });
    const iommu = await Iommu.create({ memory, preset: "linux", tap: options.tap });
    const load = new FaultLoad(new Kernel({ checks }), iommu, whole);
    load.#start(memory, pasids);
    return load;
  }

  /**
   * Sends so many groups, and sees each answered and retried.
   * @throws Violation if a request or a response is lost, doubled, or out of order within its group.
   */
  run(groups: number): void {
    this.#toSend += groups;
    const goal = this.#done + groups;
    this.kernel.settle();
    assertInvariant(
      this.#done === goal && this.#endpoints.every(({ outstanding }) => outstanding === 0),
      "A-I1",
      () => `${goal - this.#done} of ${groups} groups got no answer`,
    );
  }

  /** Unmaps all pages and invalidates what the unit caches of them: `run` begins anew. */
  forgetPages(): void {
    this.#spaces.forEach((firstStage, n) => {
      const count = this.#groups.usedPages(n + 1);
      if (count > 0) firstStage.unmap(FIRST_PAGE, { count });
    });
    this.#groups.restart();
    this.kernel.spawn("invalidate", () =>
      this.#unit.invalidations.submit([descriptors.globalIotlb()]),
    );
    this.kernel.settle();
  }

  #start(memory: GuestMemory, pasids: number): void {
    const { kernel, iommu } = this;
    const frames = new FrameAllocator({ start: FRAMES, end: BigInt(memory.regions[0]!.size) });
    const sequence = bootSequence({ memory, frames, pageRequestQueueSize: QUEUE_SIZE });
    const booted = runAccesses(iommu, sequence);
    const iopf = new Iopf(kernel);
    const unit = new VtdUnit(kernel, { window: iommu, memory, booted, iopf });
    iommu.on("interrupt", ({ data }) => {
      if (data === PAGE_REQUEST_MESSAGE) unit.pageRequestInterrupt.raise();
    });
    iommu.on("pageGroupResponse", (response) => {
      kernel.touch(this.#pri, "write");
      const endpoint = this.#endpoints[response.sourceId - FIRST_SOURCE_ID]!;
      this.#answered.push(endpoint.receive(response));
    });
    this.#unit = unit;
    this.#spaces = Array.from({ length: pasids }, () => new FirstStageTable({ memory, frames }));
    const domains = this.#spaces.map((space, n) => this.#addressSpace(unit, iopf, space, n + 1));
    const attachAll = this.#attach.bind(this);
    kernel.spawn("probe", () => attachAll(unit, domains));
    kernel.settle();
    kernel.spawn("page request thread", () => pageRequestThread(unit), { daemon: true });
    const work = this.#work.bind(this);
    kernel.spawn("endpoints", () => work(unit), { daemon: true });
  }

  /** Every address space is bound to its PASID of every endpoint. */
  *#attach(unit: VtdUnit, domains: readonly VtdDomain[]): Routine {
    const { heap } = this.kernel;
    for (const { sourceId, config } of this.#endpoints) {
      const name = `endpoint ${sourceId - FIRST_SOURCE_ID}`;
      const group = { attachments: new AttachTable(this.kernel, name) };
      const device = yield* probe(unit, { name, sourceId, config, group });
      if (typeof device === "string") throw new Error(`probing ${name}: ${device}`);
      yield* enableDevice(device);
      for (const [n, domain] of domains.entries()) {
        const result = yield* attach(unit, device, heap.make("attach_handle", { domain }), n + 1);
        if (result !== 0) throw new Error(`attaching PASID ${n + 1} of ${name}: ${result}`);
      }
    }
  }

  /** A process whose pages all lie on one page of memory once they are mapped. */
  #addressSpace(unit: VtdUnit, iopf: Iopf, firstStage: FirstStageTable, pasid: number): VtdDomain {
    const check = (group: Group) => {
      this.#assertOrder(group);
    };
    const domain = svaDomain(`process ${pasid}`, {
      kernel: this.kernel,
      iopf,
      handleFault: (fault, group) =>
        unit.translation.act("map a page in", () => {
          if (fault.last) check(group);
          firstStage.map(fault.address, TARGET);
          return true;
        }),
    });
    return { ...domain, entry: { kind: "first-stage", domain: 1, firstStage } };
  }

  /** A-I6: the requests of a group come to the handler as they were sent. */
  #assertOrder(group: Group): void {
    const { pasid, grpid } = group.last;
    const key = `${group.device.name} ${pasid} ${grpid}`;
    const { pages } = this.#expected.get(key)!;
    const seen = faultsOf(group).map(({ address }) => address);
    const same = seen.length === pages.length && seen.every((page, n) => page === pages[n]);
    assertInvariant(same, "A-I6", () => `${key}: ${seen.join()} instead of ${pages.join()}`);
    this.#expected.delete(key);
  }

  /** Retries what was answered, and asks for more as long as there is credit. */
  *#work(unit: VtdUnit): Routine {
    const access = [{ object: unit.pageRequests, kind: "write" }] as const;
    let next: Omit<PageGroup, "index"> | undefined;
    const endpointOf = (group: { readonly endpoint: number }) => this.#endpoints[group.endpoint]!;
    const maySend = () => {
      if (this.#toSend === 0) return false;
      next ??= this.#groups.next();
      const hasRoom = this.#outstanding + next.pages.length <= MOST_OUTSTANDING;
      return hasRoom && endpointOf(next).mayAsk(next);
    };
    for (;;) {
      const answered = yield* this.#pri.act("take an answer of", () => this.#answered.shift(), {
        ready: () => this.#answered.length > 0 || maySend(),
      });
      if (answered !== undefined) {
        yield* this.#pri.act("retry in", () => {
          endpointOf(answered).retry(answered);
        });
        this.#done += 1;
        this.#outstanding -= answered.pages.length;
        continue;
      }
      const endpoint = endpointOf(next!);
      const group: PageGroup = { ...next!, index: endpoint.index() };
      next = undefined;
      this.#toSend -= 1;
      this.#outstanding += group.pages.length;
      this.#expected.set(`endpoint ${group.endpoint} ${group.pasid} ${group.index}`, group);
      for (let page = 0; page < group.pages.length; page++) {
        const ask = () => {
          endpoint.ask(group, page);
        };
        yield* this.#pri.act("ask for a page by", ask, { also: access });
      }
    }
  }
}

/** Two frames of PASID tables for each endpoint, and page tables for all pages of all groups. */
function memoryFor({ endpoints, pasids, groups }: LoadSize): number {
  const pageTables = Math.ceil((groups * 8) / 512) + 5 * pasids;
  const frames = 256 + 2 * endpoints + 2 * Math.ceil(endpoints / 128) + pageTables;
  return frames * PAGE;
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`${name} is ${value}: expected ${least} to ${most}`);
}
