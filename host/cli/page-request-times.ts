import type { IommuEvents } from "../core/outbox.js";
import type { Iommu } from "../iommu.js";
import type { IommuPort } from "../pci/iommu-port.js";
import { Distribution, type DistributionSummary } from "../profile/distribution.js";
import { registers } from "../spec/registers.js";
import type {
  MessageSignaledInterrupt,
  PageGroupResponse,
  PageRequest,
  PageRequestResult,
  TranslationRequest,
  TranslationResult,
} from "../spec/requests.js";

/**
 * Stages of a page request group, each from the end of the one before: the unit has written the request that
 * ends it into the queue; the emulator has taken the interrupt; the guest has read the queue's tail; the unit
 * has executed the response; the endpoint has got it; the endpoint's translation request succeeds.
 */
export const pageRequestStages = [
  "queue",
  "interrupt",
  "notice",
  "answer",
  "deliver",
  "retry",
] as const;
export type PageRequestStage = (typeof pageRequestStages)[number];

/** How long page requests took, in nanoseconds of the host's clock. */
export interface PageRequestTimesSummary {
  /** From the request that ends a group to its answer at the endpoint. */
  readonly roundTrip?: DistributionSummary;
  readonly stages: Partial<Readonly<Record<PageRequestStage, DistributionSummary>>>;
  /** Groups in the queue that got no answer. */
  readonly unanswered: number;
}

/** What is followed at a time; of an endpoint that asks without end the oldest is given up. */
const MOST_OPEN = 4096;
const PAGE_MASK = ~0xfffn;
const PQT = registers.find(({ mnemonic }) => mnemonic === "PQT")!.offset;

type Requester = Pick<PageRequest, "sourceId" | "pasid">;

interface Group {
  readonly sent: bigint;
  /** The first page of the group. */
  readonly page: bigint;
  /** The end of the stage that was reached last. */
  reached: bigint;
  noticed: boolean;
  answered?: true;
}

/**
 * Takes the times of page requests in a machine whose unit sends "trace" events: stands between the endpoints
 * and the unit, and listens to the unit.
 */
export class PageRequestTimes {
  readonly #clock: () => bigint;
  readonly #roundTrip = new Distribution();
  readonly #stages = new Map(pageRequestStages.map((stage) => [stage, new Distribution()]));
  /** First pages of groups that have not ended, by requester and group index. */
  readonly #begun = new Map<string, bigint>();
  /** Groups that have ended and have no answer, by the same. */
  readonly #open = new Map<string, Group>();
  readonly #unnoticed = new Set<Group>();
  /** When groups were answered, by requester and page. */
  readonly #retries = new Map<string, bigint>();
  /** Whose interrupt is on its way. */
  readonly #signalled = new Map<MessageSignaledInterrupt, Group>();
  #interrupt: MessageSignaledInterrupt | undefined;
  #unanswered = 0;

  /** @param clock nanoseconds, of a clock that only goes on */
  constructor(clock: () => bigint) {
    this.#clock = clock;
  }

  /** The unit as the endpoints are to see it. Call it before anything else listens to the unit. */
  between(iommu: Iommu): IommuPort {
    iommu.on("interrupt", (message) => {
      this.#interrupt = message;
    });
    iommu.on("pageGroupResponse", (response) => {
      this.#answered(response);
    });
    iommu.on("trace", (event) => {
      this.#traced(event);
    });
    return {
      translate: (request) => iommu.translate(request),
      beginAccess: (request) => iommu.beginAccess(request),
      endAccess: (token) => {
        iommu.endAccess(token);
      },
      translateTranslated: (request) => iommu.translateTranslated(request),
      remapInterrupt: (request) => iommu.remapInterrupt(request),
      completeInvalidation: (completion) => {
        iommu.completeInvalidation(completion);
      },
      requestTranslation: (request) => {
        const result = iommu.requestTranslation(request);
        this.#translated(request, result);
        return result;
      },
      requestPage: (request) => this.#request(iommu, request),
    };
  }

  /** Call it when everything that hands responses to endpoints listens to the unit. */
  listenLast(iommu: Iommu): void {
    iommu.on("pageGroupResponse", (response) => {
      this.#delivered(response);
    });
  }

  /** The emulator has taken an interrupt message of the unit. */
  interruptTaken(message: MessageSignaledInterrupt): void {
    const group = this.#signalled.get(message);
    this.#signalled.delete(message);
    if (group !== undefined && !group.noticed) this.#reach(group, "interrupt");
  }

  /** Undefined as long as no page request was queued. */
  get summary(): PageRequestTimesSummary | undefined {
    const unanswered = this.#unanswered + this.#open.size;
    const roundTrip = this.#roundTrip.summary;
    if (roundTrip === undefined && unanswered === 0) return undefined;
    const stages = [...this.#stages].flatMap(([stage, { summary }]) =>
      summary === undefined ? [] : [[stage, summary] as const],
    );
    return { ...(roundTrip && { roundTrip }), stages: Object.fromEntries(stages), unanswered };
  }

  #request(iommu: Iommu, request: PageRequest): PageRequestResult {
    const sent = this.#clock();
    this.#interrupt = undefined;
    const result = iommu.requestPage(request);
    const stopMarker = !request.read && !request.write;
    if (result.status !== "accepted" || stopMarker) return result;
    const key = groupKey(request);
    const page = this.#begun.get(key) ?? request.address & PAGE_MASK;
    if (!request.last) {
      keep(this.#begun, key, page);
      return result;
    }
    this.#begun.delete(key);
    const group = { sent, reached: sent, page, noticed: false };
    this.#follow(key, group);
    this.#reach(group, "queue");
    if (this.#interrupt !== undefined) keep(this.#signalled, this.#interrupt, group);
    return result;
  }

  #follow(key: string, group: Group): void {
    this.#forget(key);
    this.#open.set(key, group);
    this.#unnoticed.add(group);
    if (this.#open.size > MOST_OPEN) this.#forget(this.#open.keys().next().value!);
  }

  /** A group whose index is used again, or that is too many, has had no answer. */
  #forget(key: string): void {
    const group = this.#open.get(key);
    if (group === undefined) return;
    this.#open.delete(key);
    this.#unnoticed.delete(group);
    this.#unanswered += 1;
  }

  #traced(event: IommuEvents["trace"]): void {
    if (event.kind !== "register" || event.access !== "read" || event.offset !== PQT) return;
    for (const group of this.#unnoticed) {
      group.noticed = true;
      this.#reach(group, "notice");
    }
    this.#unnoticed.clear();
  }

  #answered(response: PageGroupResponse): void {
    const group = this.#open.get(groupKey(response));
    if (group === undefined) return;
    group.answered = true;
    this.#reach(group, "answer");
  }

  #delivered(response: PageGroupResponse): void {
    const key = groupKey(response);
    const group = this.#open.get(key);
    if (group?.answered !== true) return;
    this.#open.delete(key);
    this.#unnoticed.delete(group);
    this.#reach(group, "deliver");
    this.#roundTrip.add(Number(group.reached - group.sent));
    if (response.code !== 0) return;
    keep(this.#retries, pageKey(response, group.page), group.reached);
  }

  #translated(request: TranslationRequest, result: TranslationResult): void {
    const key = pageKey(request, request.address & PAGE_MASK);
    const since = this.#retries.get(key);
    if (since === undefined || result.status !== "ok" || !(result.read || result.write)) return;
    this.#retries.delete(key);
    this.#stages.get("retry")!.add(Number(this.#clock() - since));
  }

  #reach(group: Group, stage: PageRequestStage): void {
    const now = this.#clock();
    this.#stages.get(stage)!.add(Number(now - group.reached));
    group.reached = now;
  }
}

function keep<K, V>(map: Map<K, V>, key: K, value: V): void {
  map.set(key, value);
  if (map.size > MOST_OPEN) map.delete(map.keys().next().value!);
}

function groupKey({ sourceId, pasid, group }: Requester & { readonly group: number }): string {
  return `${sourceId} ${pasid} ${group}`;
}

function pageKey({ sourceId, pasid }: Requester, page: bigint): string {
  return `${sourceId} ${pasid} ${page}`;
}
