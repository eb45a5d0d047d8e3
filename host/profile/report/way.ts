import { cacheNames, type RequestAccount } from "../account/index.js";

/** Ways that a request may take through the unit, the shortest first. */
export const ways = [
  { name: "hit", description: "answered by the IOTLB" },
  { name: "walk", description: "a page walker read tables" },
  { name: "page fault", description: "asked for a page, or waited for one" },
  { name: "other", description: "without the IOTLB and without a walk" },
] as const;

const IOTLB = cacheNames.indexOf("iotlb");

/** Place in `ways` of the way that a request took. */
export function wayOf(account: RequestAccount): number {
  if (account.pageGroup !== undefined) return 2;
  for (let span = 0; span < account.spans; span++) {
    if (account.walker[span]! >= 0) return 1;
  }
  return account.hits[IOTLB]! > 0 ? 0 : 3;
}
