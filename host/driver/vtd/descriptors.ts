import { invalidationDescriptors } from "../../spec/descriptors.js";
import { encodeEntry, type EntryFields } from "../../tables/entry.js";

/** An invalidation descriptor as its words; two where it has 128 bits, four otherwise. */
export interface QueueDescriptor {
  readonly words: readonly bigint[];
  /** "wait with fence", for the reader of a schedule. */
  readonly about: string;
}

const types = new Map(
  invalidationDescriptors.map((descriptor) => {
    const { name, type } = descriptor;
    const blank = encodeEntry(descriptor, { TYPE_LOW: type & 0xf, TYPE_HIGH: type >> 4 });
    return [name, { descriptor, blank }];
  }),
);

function make(name: string, about: string, fields: EntryFields): QueueDescriptor {
  const { descriptor, blank } = types.get(name)!;
  return { about, words: encodeEntry(descriptor, fields, blank) };
}

/** Address bits that stand for everything: S set, 62:12 all ones, 63 clear (H.3 of what Linux writes). */
const EVERYTHING = 0x7fff_ffff_ffff_f000n;
const GLOBAL = { context: 1, iotlb: 1, pasid: 3 } as const;

export const globalContext = (): QueueDescriptor =>
  make("CC_INV", "context-cache, global", { G: GLOBAL.context });

export const deviceContext = (sourceId: number, domain: number): QueueDescriptor =>
  make("CC_INV", "context-cache of the device", { G: 3, SID: sourceId, DID: domain });

export const globalPasidCache = (): QueueDescriptor =>
  make("PASID_CACHE_INV", "PASID-cache, global", { G: GLOBAL.pasid });

export const pasidCache = (domain: number, pasid: number): QueueDescriptor =>
  make("PASID_CACHE_INV", `PASID-cache of PASID ${pasid}`, { G: 1, DID: domain, PASID: pasid });

export const globalIotlb = (): QueueDescriptor =>
  make("IOTLB_INV", "IOTLB, global", { G: GLOBAL.iotlb, DR: 1, DW: 1 });

export const domainIotlb = (domain: number): QueueDescriptor =>
  make("IOTLB_INV", `IOTLB of domain ${domain}`, { G: 2, DID: domain, DR: 1, DW: 1 });

export const pasidIotlb = (domain: number, pasid: number): QueueDescriptor =>
  make("PASID_IOTLB_INV", `IOTLB of PASID ${pasid}`, { G: 2, DID: domain, PASID: pasid });

/** Pages that lie at a multiple of 2^`order` pages of 4 KiB, so many of them (PSI). */
export interface InvalidatedPages {
  readonly address: bigint;
  readonly order: number;
  /** Keep entries that point to tables: no table was unlinked (IH). */
  readonly leavesOnly: boolean;
}

/** Pages of second-stage domains. */
export const pageIotlb = (domain: number, pages: InvalidatedPages): QueueDescriptor =>
  make("IOTLB_INV", `IOTLB of domain ${domain}, ${describePages(pages)}`, {
    G: 3,
    DID: domain,
    DR: 1,
    DW: 1,
    ...pageFields(pages),
  });

/** Pages of one PASID of first-stage domains. */
export const pasidPageIotlb = (
  domain: number,
  pasid: number,
  pages: InvalidatedPages,
): QueueDescriptor =>
  make("PASID_IOTLB_INV", `IOTLB of PASID ${pasid}, ${describePages(pages)}`, {
    G: 3,
    DID: domain,
    PASID: pasid,
    ...pageFields(pages),
  });

function pageFields({ address, order, leavesOnly }: InvalidatedPages): EntryFields {
  return { ADDR: address, AM: order, IH: leavesOnly };
}

function describePages({ address, order, leavesOnly }: InvalidatedPages): string {
  const what = order === 0 ? "1 page" : `2^${order} pages`;
  return `${what} at 0x${address.toString(16)}${leavesOnly ? ", leaves only" : ""}`;
}

/** Pages of a device, or of one of its PASIDs. */
export function pageDeviceTlb(
  sourceId: number,
  depth: number,
  { address, order }: Omit<InvalidatedPages, "leavesOnly">,
  pasid?: number,
): QueueDescriptor {
  // The lowest 0 among the address bits says how many pages: none of them is one page, without S.
  const size = order === 0 ? 0n : (1n << BigInt(11 + order)) - 0x1000n;
  const fields = { SID: sourceId, MIP: depth & 0x1f, S: order > 0, ADDR: address | size };
  const about = describePages({ address, order, leavesOnly: false });
  return pasid === undefined
    ? make("DEV_TLB_INV", `device-TLB, ${about}`, fields)
    : make("PASID_DEV_TLB_INV", `device-TLB of PASID ${pasid}, ${about}`, {
        ...fields,
        PASID: pasid,
      });
}

/** Everything of a device, or of one of its PASIDs. `depth`: invalidations it may have pending. */
export function deviceTlb(sourceId: number, depth: number, pasid?: number): QueueDescriptor {
  const fields = { SID: sourceId, MIP: depth & 0x1f, S: 1, ADDR: EVERYTHING };
  return pasid === undefined
    ? make("DEV_TLB_INV", "device-TLB", fields)
    : make("PASID_DEV_TLB_INV", `device-TLB of PASID ${pasid}`, { ...fields, PASID: pasid });
}

export const globalInterruptEntries = (): QueueDescriptor =>
  make("IEC_INV", "interrupt entry cache, global", { G: 0 });

/** A wait that only holds back what follows: neither status nor interrupt. */
export const fence = (): QueueDescriptor => make("WAIT", "fence", { FN: 1 });

/** A wait that writes `data` to `address` when all before it is done; `drain`: page requests too. */
export const wait = (address: bigint, data: number, drain = false): QueueDescriptor =>
  make("WAIT", drain ? "wait, draining page requests" : "wait", {
    SW: 1,
    PD: drain,
    STATUS_DATA: data,
    STATUS_ADDR: address,
  });

export interface GroupResponse {
  readonly sourceId: number;
  /** Undefined: a group without PASID. */
  readonly pasid: number | undefined;
  readonly group: number;
  /** 0 Success, 1 Invalid Request, 15 Response Failure; others count as failure. */
  readonly code: number;
}

export function groupResponse({ sourceId, pasid, group, code }: GroupResponse): QueueDescriptor {
  return make("PAGE_GROUP_RESPONSE", `response ${code} to group ${group}`, {
    PP: pasid !== undefined,
    PASID: pasid ?? 0,
    RID: sourceId,
    PRGI: group,
    RC: code,
  });
}
