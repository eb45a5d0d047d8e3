import { NO_PASID } from "../iopf/index.js";
import type { Routine } from "../kernel/index.js";
import {
  domainIotlb,
  pageDeviceTlb,
  pageIotlb,
  pasidIotlb,
  pasidPageIotlb,
  type InvalidatedPages,
  type QueueDescriptor,
} from "../vtd/descriptors.js";
import type { AttachedPlace } from "../vtd/device.js";
import { registerBits } from "../vtd/fields.js";
import type { VtdUnit } from "../vtd/unit.js";
import type { TableFormat } from "./format.js";

/** What a flush covers. */
export interface FlushRange {
  readonly first: bigint;
  readonly last: bigint;
  /** No table was unlinked: entries that point to tables may stay. */
  readonly leavesOnly: boolean;
  /** What devices keep is left out: a mistake. Default false. */
  readonly keepsDevices?: boolean;
}

const PAGE_SHIFT = 12n;
const PSI = registerBits("CAP", "PSI");
const MAMV = registerBits("CAP", "MAMV");

/**
 * Invalidates addresses of a domain wherever it is attached, and waits (cache_tag_flush_range): the IOTLB of each
 * unit, and the translations that devices keep. One submission for each unit.
 */
export function* flushRange(
  format: TableFormat,
  domain: number,
  places: readonly AttachedPlace[],
  range: FlushRange,
): Routine {
  for (const unit of new Set(places.map((place) => place.unit))) {
    const here = places.filter((place) => place.unit === unit);
    const pages = alignedPages(range);
    const devices = range.keepsDevices === true ? [] : here;
    const descriptors = [
      ...iotlbDescriptors(format, domain, here, pages, selects(unit, pages.order)),
      ...devices.flatMap((place) => deviceTlbDescriptor(place, pages)),
    ];
    yield* unit.invalidations.submit(descriptors, { also: unit.cached });
  }
}

/**
 * Behind new mappings (cache_tag_flush_range_np): with CM the unit forgets that there were none, unless they are of a
 * first stage (§6.1); otherwise its write buffer is flushed, if it has one. Devices cache nothing that is absent.
 */
export function* flushNewRange(
  format: TableFormat,
  domain: number,
  places: readonly AttachedPlace[],
  { first, last }: Pick<FlushRange, "first" | "last">,
): Routine {
  const pages = alignedPages({ first, last, leavesOnly: false });
  for (const unit of new Set(places.map((place) => place.unit))) {
    if (!cachesAbsentPages(format, unit)) {
      yield* unit.flushWriteBuffer();
      continue;
    }
    const descriptors = iotlbDescriptors(format, domain, places, pages, selects(unit, pages.order));
    yield* unit.invalidations.submit(descriptors, { also: unit.cached });
  }
}

/** Whether a unit may have cached that such a table maps nothing somewhere. */
export function cachesAbsentPages({ name }: TableFormat, unit: VtdUnit): boolean {
  return unit.cachesAbsence && name === "vtdss";
}

/** The smallest aligned run of 2^n pages around a range. */
function alignedPages({ first, last, leavesOnly }: FlushRange): InvalidatedPages {
  const [from, to] = [first >> PAGE_SHIFT, last >> PAGE_SHIFT];
  let order = 0n;
  while (from >> order !== to >> order) order += 1n;
  return { address: (from >> order) << (order + PAGE_SHIFT), order: Number(order), leavesOnly };
}

/** Whether the unit can invalidate so many pages; otherwise the whole domain goes. */
function selects({ booted: { capability } }: VtdUnit, order: number): boolean {
  return PSI.get(capability) === 1n && BigInt(order) <= MAMV.get(capability);
}

function iotlbDescriptors(
  { name }: TableFormat,
  domain: number,
  places: readonly AttachedPlace[],
  pages: InvalidatedPages,
  selective: boolean,
): QueueDescriptor[] {
  if (name === "vtdss") return [selective ? pageIotlb(domain, pages) : domainIotlb(domain)];
  const pasids = [...new Set(places.map(({ pasid }) => pasid))];
  return pasids.map((pasid) =>
    selective ? pasidPageIotlb(domain, pasid, pages) : pasidIotlb(domain, pasid),
  );
}

function deviceTlbDescriptor(
  { device: { info, slot, sourceId }, pasid }: AttachedPlace,
  pages: InvalidatedPages,
): QueueDescriptor[] {
  if (!info.atsEnabled || !slot.pci.isPresent) return [];
  const ofPasid = pasid === NO_PASID ? undefined : pasid;
  return [pageDeviceTlb(sourceId, slot.pci.invalidationDepth, pages, ofPasid)];
}
