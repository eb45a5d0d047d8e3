import type { Flight } from "../model/flight.js";
import { encodeDescriptor, type DescriptorWords } from "./unit-software.js";
import type { World } from "./world.js";

/** §6.5.2.4: all of a PASID, or pages of it. */
const OF_PASID = 2;
const PAGE_SELECTIVE = 3;

/** Drops 2^`order` pages of a domain and PASID, of which no table was unlinked (IH). */
export function pagesOf(
  domain: number,
  pasid: number,
  address: bigint,
  order: number,
): DescriptorWords {
  const pages = { AM: order, ADDR: address, IH: 1 };
  return encodeDescriptor("PASID_IOTLB_INV", {
    ...{ G: PAGE_SELECTIVE, DID: domain, PASID: pasid },
    ...pages,
  });
}

/** Drops all that the unit caches of a domain and PASID. */
export function spaceOf(domain: number, pasid: number): DescriptorWords {
  return encodeDescriptor("PASID_IOTLB_INV", { G: OF_PASID, DID: domain, PASID: pasid });
}

/** Submits descriptors with a wait behind them; what the unit does for them is the work that `flight` becomes. */
export function submit(
  { software, tap }: World,
  flight: Flight,
  descriptors: readonly DescriptorWords[],
): void {
  tap.flight = flight;
  software.invalidate(descriptors);
  tap.flight = undefined;
}
