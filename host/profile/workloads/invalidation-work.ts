import { runAccesses, write } from "../../driver/vtd/access.js";
import { globalIotlb, type QueueDescriptor } from "../../driver/vtd/descriptors.js";
import { invalidationDescriptors } from "../../spec/descriptors.js";
import { encodeEntry } from "../../tables/entry.js";
import type { Flight } from "../model/flight.js";
import type { World } from "./world.js";

const pasidIotlb = invalidationDescriptors.find(({ name }) => name === "PASID_IOTLB_INV")!;
/** §6.5.2.4: page-selective within PASID. */
const PAGE_SELECTIVE = 3;

/** The descriptor that drops 2^`order` pages of a domain and PASID. */
export function pagesOf(
  domain: number,
  pasid: number,
  address: bigint,
  order: number,
): QueueDescriptor {
  const type = { TYPE_LOW: pasidIotlb.type & 0xf, TYPE_HIGH: pasidIotlb.type >> 4 };
  const place = { G: PAGE_SELECTIVE, DID: domain, PASID: pasid, AM: order, ADDR: address };
  return { about: "pages", words: encodeEntry(pasidIotlb, { ...type, ...place }) };
}

/** Everything that the IOTLB holds. */
export const everything = globalIotlb;

/** Submits descriptors with a wait behind them; what the unit does for them is the work that `flight` becomes. */
export function submit(
  world: World,
  flight: Flight,
  descriptors: readonly QueueDescriptor[],
): void {
  const { booted, iommu, tap } = world;
  const submission = booted.invalidations.fill(descriptors, false);
  tap.flight = flight;
  runAccesses(iommu, write("IQT", BigInt(booted.invalidations.tail)));
  tap.flight = undefined;
  booted.invalidations.release(submission);
}
