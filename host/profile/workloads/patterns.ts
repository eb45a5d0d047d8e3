import { Prng } from "../../random/prng.js";
import { PAGE_2M, PAGE_4K } from "../../tables/page-table.js";
import type { Flight } from "../model/flight.js";
import { Arrivals } from "./arrivals.js";
import {
  arrivalParameters,
  numberOf,
  type WorkloadParameter,
  type WorkloadValues,
} from "./parameters.js";
import { numeric } from "./numeric-parameter.js";
import type { PreparedWorkload, Workload, WorkloadOptions } from "./workload.js";
import {
  OUTPUT,
  flagsParameter,
  setAddress,
  tableParameters,
  World,
  type AddressSpace,
  type PageFlags,
  type TableKind,
} from "./world.js";

const IOVA = 0x40_0000_0000;
const FIRST_DEVICE = 0x0100;
const MIB = 2 ** 20;

const writeParameter: WorkloadParameter = {
  name: "writes",
  usual: 50,
  least: 0,
  most: 100,
  description: "percentage of requests that write",
};
const bytesParameter: WorkloadParameter = {
  name: "bytes",
  usual: 64,
  least: 1,
  most: 4096,
  description: "of each request",
};
const devicesParameter = numeric("devices", 1, [1, 256], "devices, each with a stream of requests");
const pagesParameter = numeric("pages", 16_384, [1, 1_048_576], "pages that a device uses");

/** Byte offset of the request of a device with that number, counted from 0. */
type Pattern = (count: number, prng: Prng) => number;

/** Where every device has its pages in a row, `step` bytes from one to the next. */
interface Layout {
  readonly pages: number;
  readonly step: number;
}

function patternWorkload(
  name: string,
  description: string,
  parameters: readonly WorkloadParameter[],
  make: (values: WorkloadValues, pageBytes: number) => { layout: Layout; pattern: Pattern },
): Workload {
  return {
    name,
    description,
    parameters: [
      ...parameters,
      devicesParameter,
      bytesParameter,
      writeParameter,
      ...tableParameters,
      flagsParameter,
      ...arrivalParameters,
    ],
    prepare: async (options) => {
      const pageBytes = options.values["page"] === "2m" ? PAGE_2M : PAGE_4K;
      const { layout, pattern } = make(options.values, pageBytes);
      return preparePattern(options, layout, pattern, pageBytes);
    },
  };
}

async function preparePattern(
  { requests, seed, caches, values }: WorkloadOptions,
  { pages, step }: Layout,
  pattern: Pattern,
  pageBytes: typeof PAGE_4K | typeof PAGE_2M,
): Promise<PreparedWorkload> {
  const devices = numberOf(values, "devices");
  const kind = values["tables"] as TableKind;
  const world = await World.create({ ramBytes: ramFor(pages, step, kind), caches });
  const space = world.addressSpace(kind, values["flags"] as PageFlags);
  mapPages(space, { pages, step }, pageBytes);
  for (let device = 0; device < devices; device++) {
    world.bind(FIRST_DEVICE + 8 * device, undefined, space);
  }
  const prng = new Prng(seed);
  const arrivals = new Arrivals(values, seed);
  const bytes = numberOf(values, "bytes");
  const writes = (numberOf(values, "writes") / 100) * 2 ** 32;
  let made = 0;
  const next = (flight: Flight): boolean => {
    if (made === requests) return false;
    const device = made % devices;
    const offset = pattern(Math.floor(made / devices), prng);
    made++;
    flight.sourceId = FIRST_DEVICE + 8 * device;
    flight.stream = device;
    flight.scheduled = arrivals.next();
    setAddress(flight, IOVA + withinPage(offset, bytes));
    world.translate(flight, prng.next() < writes ? "write" : "read", bytes);
    return true;
  };
  return { iommu: world.iommu, streams: devices, next };
}

/** A request stays within its page of 4 KiB. */
function withinPage(offset: number, bytes: number): number {
  const inPage = offset % 4096;
  return inPage + bytes > 4096 ? offset - inPage + 4096 - bytes : offset;
}

function mapPages(
  space: AddressSpace,
  { pages, step }: Layout,
  size: typeof PAGE_4K | typeof PAGE_2M,
): void {
  if (step === size) {
    space.map(BigInt(IOVA), OUTPUT, { size, count: pages });
    return;
  }
  for (let page = 0; page < pages; page++) {
    space.map(BigInt(IOVA + page * step), OUTPUT + BigInt(page * size), { size });
  }
}

/** Page tables of one space, and of a guest's RAM where there is one. */
function ramFor(pages: number, step: number, kind: TableKind): number {
  const tables = Math.ceil((pages * Math.max(step, 4096)) / (2 * MIB)) + 8;
  const outputs = Math.ceil(pages / 512) + 8;
  const once = 4096 * (Math.min(tables, 2 * pages + 8) + outputs);
  return 4 * MIB + (kind === "nested" ? 2 * once : once);
}

const sequential = patternWorkload(
  "sequential",
  "each request begins where the last one of the device ended",
  [pagesParameter],
  (values, pageBytes) => {
    const pages = numberOf(values, "pages");
    const bytes = numberOf(values, "bytes");
    const perPage = Math.floor(4096 / bytes);
    const blocks = (pageBytes / 4096) * pages;
    return {
      layout: { pages, step: pageBytes },
      pattern: (count) => (Math.floor(count / perPage) % blocks) * 4096 + (count % perPage) * bytes,
    };
  },
);

const random = patternWorkload(
  "random",
  "each request is to a page by chance",
  [pagesParameter],
  (values, pageBytes) => {
    const pages = numberOf(values, "pages");
    return {
      layout: { pages, step: pageBytes },
      pattern: (_, prng) => prng.below(pages) * pageBytes + prng.below(pageBytes / 64) * 64,
    };
  },
);

const strided = patternWorkload(
  "strided",
  "each request is a stride behind the last one; only the pages that are hit are mapped",
  [
    numeric("pages", 4096, [1, 65_536], "pages that a device uses"),
    numeric("stride", 65_536, [4096, 1 << 30], "bytes, a multiple of the page size"),
  ],
  (values, pageBytes) => {
    const pages = numberOf(values, "pages");
    const step = Math.ceil(numberOf(values, "stride") / pageBytes) * pageBytes;
    return { layout: { pages, step }, pattern: (count) => (count % pages) * step };
  },
);

/** Devices whose pages lie in a row, and a rule for the order in which they use them. */
export const patternWorkloads: readonly Workload[] = [sequential, random, strided];
