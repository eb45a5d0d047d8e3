import fc from "fast-check";

import { PAGE_1G, PAGE_2M, PAGE_4K, type PageSize } from "../../host/tables/index.js";
import type { Access } from "../../host/spec/requests.js";
import { iovaAt, place, type Drawn } from "./places.js";

/** A page that a table maps, and what it allows. */
export interface ModelPage {
  readonly iova: bigint;
  readonly physical: bigint;
  readonly size: PageSize;
  readonly read: boolean;
  readonly write: boolean;
  readonly user: boolean;
}

/** What the manual says becomes of a request. */
export type Outcome =
  | { readonly condition: string }
  | {
      readonly address: bigint;
      readonly pageSize: number;
      readonly permissions: { readonly read: boolean; readonly write: boolean };
    };

/** Where the output addresses of drawn pages begin. */
export const OUTPUT_BASE = 1n << 32n;

export const drawnPage = fc.record({
  place,
  size: fc.constantFrom<PageSize>(PAGE_4K, PAGE_2M, PAGE_1G),
  /** Output page, in pages of this size: few, so that the stages of a nested translation meet. */
  frame: fc.integer({ min: 0, max: 1 }),
  permissions: fc.constantFrom("r", "w", "rw", "rw", "rw"),
  user: fc.constantFrom(true, true, false),
});

/** The drawn pages at their places in the table, without those that overlap an earlier one. */
export function modelOf(
  kind: { readonly levels: number; readonly canonical: boolean },
  drawn: readonly Drawn<typeof drawnPage>[],
  iovaOf = (page: Drawn<typeof drawnPage>) => iovaAt(kind, page.place, page.size),
): ModelPage[] {
  const pages: ModelPage[] = [];
  for (const page of drawn) {
    const iova = iovaOf(page);
    const end = iova + BigInt(page.size);
    if (pages.some((other) => iova < other.iova + BigInt(other.size) && other.iova < end)) continue;
    pages.push({
      iova,
      physical: OUTPUT_BASE + BigInt(page.frame * page.size),
      size: page.size,
      read: page.permissions.includes("r"),
      write: page.permissions.includes("w"),
      user: page.user,
    });
  }
  return pages;
}

export function pageAt(pages: readonly ModelPage[], iova: bigint): ModelPage | undefined {
  return pages.find((page) => iova >= page.iova && iova < page.iova + BigInt(page.size));
}

/** A second-stage translation (§3.7); `legacy` names conditions by the access (Table 30). */
export function secondStageOutcome(
  pages: readonly ModelPage[],
  request: { readonly address: bigint; readonly access: Access; readonly legacy: boolean },
): Outcome {
  const { address, access, legacy } = request;
  const page = pageAt(pages, address);
  const noWrite = legacy ? "LGN.2" : "SGN.6";
  const noRead = legacy ? "LGN.3" : "SGN.7";
  if (page === undefined && !legacy) return { condition: "SSS.2" };
  if (access !== "read" && page?.write !== true) return { condition: noWrite };
  if (access !== "write" && page?.read !== true) return { condition: noRead };
  return outcomeIn(page, address);
}

/** A first-stage translation and its rights (§3.6.1). */
export function firstStageOutcome(
  pages: readonly ModelPage[],
  request: {
    readonly address: bigint;
    readonly access: Access;
    readonly privileged: boolean;
    readonly wpe: boolean;
  },
): Outcome {
  const { address, access, privileged, wpe } = request;
  const page = pageAt(pages, address);
  if (page === undefined) return { condition: "SFS.2" };
  if (!privileged && !page.user) return { condition: "SGN.2" };
  const write = page.write || (privileged && !wpe);
  if (access !== "read" && !write) return { condition: "SGN.6" };
  return outcomeIn({ ...page, read: true, write }, address);
}

/** The second stage's answer for the output of the first (§3.8). */
export function nestedOutcome(first: Outcome, second: (address: bigint) => Outcome): Outcome {
  if ("condition" in first) return first;
  const last = second(first.address);
  if ("condition" in last) return last;
  return {
    address: last.address,
    pageSize: Math.min(first.pageSize, last.pageSize),
    permissions: {
      read: last.permissions.read,
      write: first.permissions.write && last.permissions.write,
    },
  };
}

function outcomeIn(page: ModelPage | undefined, address: bigint): Outcome {
  if (page === undefined) throw new Error(`no page at 0x${address.toString(16)}`);
  return {
    address: page.physical + address - page.iova,
    pageSize: page.size,
    permissions: { read: page.read, write: page.write },
  };
}
