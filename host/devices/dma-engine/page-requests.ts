import type { DmaPort } from "../../pci/dma-port.js";
import type { PriControl } from "../../pci/pri-capability.js";
import type { PageGroupResponse } from "../../spec/requests.js";
import type { Counters, Settings } from "./context.js";
import type { Need, TranslationTag } from "./device-tlb.js";
import type { References, Referents } from "./references.js";
import { intr, manner } from "./registers.js";

const GROUP_INDEXES = 512;
const SUCCESS = 0;
const INVALID_REQUEST = 1;

export type GroupOutcome = "success" | "invalid" | "failure";

/** Page requests under one group index, from the first message to the response. */
export class PageGroup {
  /** The number of the queue that waits for the response; undefined once none does. */
  owner: number | undefined;
  readonly index: number;
  readonly tag: TranslationTag;
  readonly need: Need;
  /** Page addresses, in the order in which they are asked for. */
  readonly pages: readonly bigint[];
  /** Messages sent. */
  sent = 0;
  outcome: GroupOutcome | undefined;

  constructor(owner: number | undefined, index: number, request: GroupRequest) {
    this.owner = owner;
    this.index = index;
    this.tag = request.tag;
    this.need = request.need;
    this.pages = request.pages;
  }

  get sentAll(): boolean {
    return this.sent === this.pages.length;
  }

  snapshot(): GroupData {
    const { owner, index, tag, need, pages, sent, outcome } = this;
    return { owner, index, tag, need, pages, sent, outcome };
  }

  static from({ owner, index, sent, outcome, ...request }: GroupData): PageGroup {
    return Object.assign(new PageGroup(owner, index, request), { sent, outcome });
  }
}

export interface GroupData extends GroupRequest {
  readonly owner?: number | undefined;
  readonly index: number;
  readonly sent: number;
  readonly outcome?: GroupOutcome | undefined;
}

export interface PageRequestsData {
  /** Groups by their numbers among the references. */
  readonly outstanding: readonly number[];
  readonly nextIndex: number;
}

export interface GroupRequest {
  readonly tag: TranslationTag;
  readonly need: Need;
  readonly pages: readonly bigint[];
}

export interface PageRequestParts {
  readonly control: PriControl;
  readonly dma: DmaPort;
  readonly settings: Settings;
  readonly counters: Counters;
  readonly raise: (interruptBits: number) => void;
}

/** The Page Request Interface of the device: groups outstanding, credits, responses. */
export class PageRequestInterface {
  readonly #parts: PageRequestParts;
  #outstanding: PageGroup[] = [];
  #nextIndex = 0;

  constructor(parts: PageRequestParts) {
    this.#parts = parts;
    parts.control.onControlWrite(({ reset }) => {
      if (reset) this.forget();
      else this.#show();
    });
  }

  get enabled(): boolean {
    const { control, settings } = this.#parts;
    return control.enabled || settings.has(manner.ignoreEnables);
  }

  /** Page requests that may be outstanding at once. */
  get allocation(): number {
    const { control, settings } = this.#parts;
    if (settings.has(manner.ignoreEnables) && control.allocation === 0) return control.capacity;
    return control.allocation;
  }

  /** Credits that no group has taken; a group takes those for all its pages at once. */
  get freeCredits(): number {
    const taken = this.#outstanding.reduce((sum, group) => sum + group.pages.length, 0);
    return this.allocation - taken;
  }

  get requestsOutstanding(): number {
    return this.#outstanding.reduce((sum, group) => sum + group.sent, 0);
  }

  get groupsOutstanding(): number {
    return this.#outstanding.length;
  }

  groupsOf(owner: number): PageGroup[] {
    return this.#outstanding.filter((group) => group.owner === owner);
  }

  /** Gives the pages a group index; nothing is sent yet. */
  begin(owner: number, request: GroupRequest): PageGroup {
    const group = new PageGroup(owner, this.#chooseIndex(), request);
    this.#outstanding.push(group);
    this.#show();
    return group;
  }

  /** Sends the message for the next page of a group. */
  sendNext(group: PageGroup): void {
    const { dma, settings, counters } = this.#parts;
    const address = group.pages[group.sent];
    if (address === undefined) throw new RangeError("every page of the group has been asked for");
    group.sent += 1;
    counters.pageRequestsSent += 1;
    const { pasid, privileged } = group.tag;
    const last = group.sentAll && !settings.has(manner.noLast);
    dma.requestPage({ ...group.need, pasid, privileged, address, last, group: group.index });
  }

  /**
   * The owner ignores the responses to come, which still return the credits; with a PASID a stop
   * marker tells the host.
   */
  releaseGroupsOf(owner: number, pasid: number | undefined): void {
    for (const group of this.groupsOf(owner)) group.owner = undefined;
    if (pasid === undefined) return;
    this.#parts.counters.stopMarkersSent += 1;
    const none = { read: false, write: false };
    this.#parts.dma.requestPage({ ...none, pasid, address: 0n, last: true, group: 0 });
  }

  respond(response: PageGroupResponse): void {
    const { control, counters, raise } = this.#parts;
    const group = this.#outstanding.find(
      (candidate) =>
        candidate.sentAll &&
        candidate.index === response.group &&
        candidate.tag.pasid === response.pasid,
    );
    if (!group) {
      if (control.responseFailure) return;
      counters.unexpectedResponses += 1;
      control.reportUnexpectedIndex();
      raise(intr.unexpectedResponse);
      return;
    }
    if (response.code === SUCCESS) {
      counters.responsesSuccess += 1;
      this.#close(group, "success");
    } else if (response.code === INVALID_REQUEST) {
      counters.responsesInvalid += 1;
      this.#close(group, "invalid");
    } else {
      counters.responsesFailure += 1;
      control.fail();
      this.forget();
      raise(intr.responseFailure);
    }
  }

  /** Ends every outstanding group as failed: nothing more is expected from the host. */
  forget(): void {
    for (const group of this.#outstanding) group.outcome = "failure";
    this.#outstanding = [];
    this.#show();
  }

  snapshot(references: References): PageRequestsData {
    const outstanding = this.#outstanding.map((group) => references.group(group));
    return { outstanding, nextIndex: this.#nextIndex };
  }

  /** What the capability shows comes with configuration space. */
  restore({ outstanding, nextIndex }: PageRequestsData, referents: Referents): void {
    this.#outstanding = outstanding.map((number) => referents.group(number));
    this.#nextIndex = nextIndex;
  }

  #close(group: PageGroup, outcome: GroupOutcome): void {
    group.outcome = outcome;
    this.#outstanding = this.#outstanding.filter((other) => other !== group);
    this.#show();
  }

  #show(): void {
    this.#parts.control.showOutstanding(this.#outstanding.length > 0);
  }

  #chooseIndex(): number {
    if (this.#parts.settings.has(manner.duplicateGroup)) return 0;
    const inUse = new Set(this.#outstanding.map((group) => group.index));
    // Only a flood can use up all indexes; then one is used twice.
    for (let tries = 0; tries < GROUP_INDEXES && inUse.has(this.#nextIndex); tries++) {
      this.#nextIndex = (this.#nextIndex + 1) % GROUP_INDEXES;
    }
    const index = this.#nextIndex;
    this.#nextIndex = (index + 1) % GROUP_INDEXES;
    return index;
  }
}
