import type { Iommu } from "../../iommu.js";
import { atsCapability } from "../../pci/ats-capability.js";
import { addCapabilities } from "../../pci/capability.js";
import { ConfigSpace } from "../../pci/config-space.js";
import { pasidCapability } from "../../pci/pasid-capability.js";
import { priCapability } from "../../pci/pri-capability.js";
import type { PageGroupResponse } from "../../spec/requests.js";
import type { PageGroup } from "./page-groups.js";
import { assertInvariant } from "../kernel/index.js";

/** Page requests that an endpoint may have outstanding. */
const CREDIT = 64;
const GROUP_INDEXES = 512;
const SUCCESS = 0;

interface Sent {
  readonly group: PageGroup;
  answered: boolean;
}

/**
 * An endpoint that asks for translations, for pages where it gets none, and after the answer for the
 * translations again. It keeps account of every group (A-I1, A-I10, A-I11).
 */
export class LoadEndpoint {
  readonly sourceId: number;
  readonly config = new ConfigSpace();
  readonly #iommu: Iommu;
  readonly #sent = new Map<number, Sent>();
  #outstanding = 0;
  #next = 0;

  constructor(iommu: Iommu, sourceId: number) {
    this.#iommu = iommu;
    this.sourceId = sourceId;
    this.config.define({ at: 0, size: 4, value: 0x0001_1234 });
    this.config.define({ at: 4, size: 2, value: 4, writable: 0x0407 });
    addCapabilities(this.config, [
      atsCapability(0x100),
      priCapability(0x110, CREDIT),
      pasidCapability(0x120),
    ]);
  }

  /** Whether there is credit for all of a group. */
  mayAsk({ pages }: Pick<PageGroup, "pages">): boolean {
    return this.#outstanding + pages.length <= CREDIT;
  }

  /** Group index for the next group: not one that is outstanding. */
  index(): number {
    while (this.#sent.has(this.#next)) this.#next = (this.#next + 1) % GROUP_INDEXES;
    return this.#next;
  }

  /** Asks for one page of a group; the page must not be mapped yet. */
  ask(group: PageGroup, at: number): void {
    const { pasid, index, pages } = group;
    const address = pages[at]!;
    const { sourceId } = this;
    if (at === 0) {
      this.#sent.set(index, { group, answered: false });
      this.#outstanding += pages.length;
    }
    const before = this.#iommu.requestTranslation({ sourceId, pasid, address, noWrite: false });
    const mapped = before.status === "ok" && (before.read || before.write);
    assertInvariant(!mapped, "load", `${name(group)}: page ${at} is mapped ahead of its request`);
    const last = at === pages.length - 1;
    const request = { sourceId, pasid, address, read: true, write: true, last, group: index };
    const { status } = this.#iommu.requestPage(request);
    assertInvariant(status === "accepted", "A-I1", `${name(group)}: request ${at} was ${status}`);
  }

  /** A response: exactly one for each group that was sent to its end. */
  receive({ group: index, pasid, code }: PageGroupResponse): PageGroup {
    const sent = this.#sent.get(index);
    assertInvariant(
      sent !== undefined && sent.group.pasid === pasid,
      "A-I10",
      `a response for index ${index}, PASID ${pasid}, which was not asked for`,
    );
    assertInvariant(!sent.answered, "A-I1", `${name(sent.group)} is answered twice`);
    assertInvariant(code === SUCCESS, "load", `${name(sent.group)} is answered with ${code}`);
    sent.answered = true;
    return sent.group;
  }

  /** After the answer every page translates, and the group is done. */
  retry(group: PageGroup): void {
    const { pasid, pages, index } = group;
    for (const address of pages) {
      const { sourceId } = this;
      const result = this.#iommu.requestTranslation({ sourceId, pasid, address, noWrite: false });
      const mapped = result.status === "ok" && result.read && result.write;
      assertInvariant(mapped, "A-I1", `${name(group)} was answered, and does not translate`);
    }
    this.#sent.delete(index);
    this.#outstanding -= pages.length;
  }

  /** Groups without an answer, or not retried. */
  get outstanding(): number {
    return this.#sent.size;
  }
}

function name({ endpoint, pasid, index }: PageGroup): string {
  return `group ${index} of PASID ${pasid} of endpoint ${endpoint}`;
}
