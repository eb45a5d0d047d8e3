import { at } from "./layout.js";
import type { Capabilities } from "./capabilities.js";
import { registerImage } from "./register-image.js";

/** Entries of each cache; powers of two, from 1 up (§6.2). */
export interface CacheSizes {
  /** Context cache. Default 256. */
  readonly context?: number;
  /** PASID cache. Default 512. */
  readonly pasid?: number;
  /** IOTLB. Default 1024. */
  readonly iotlb?: number;
  /** First-stage paging-structure cache. Default 256. */
  readonly firstStagePaging?: number;
  /** Second-stage paging-structure cache. Default 256. */
  readonly secondStagePaging?: number;
  /** Interrupt entry cache. Default 256. */
  readonly interruptEntry?: number;
}

export interface CoreOptions {
  readonly capabilities: Capabilities;
  readonly caches?: CacheSizes | undefined;
  /** One pending fault record for each source-id (§7.2.1). */
  readonly faultCollapse: boolean;
  /** Ticks until a device-TLB invalidation that is not completed times out. */
  readonly invalidationTimeout: bigint;
  /** Report the ranges of guest memory that the unit wrote. */
  readonly reportWrites: boolean;
  /** Report descriptors and page requests. */
  readonly trace: boolean;
}

const defaultSizes: Required<CacheSizes> = {
  context: 256,
  pasid: 512,
  iotlb: 1024,
  firstStagePaging: 256,
  secondStagePaging: 256,
  interruptEntry: 256,
};

const LARGEST_CACHE = 1 << 20;

/** Every cache's size, with the defaults. @throws RangeError for a size that cannot be. */
export function resolveCacheSizes(sizes: CacheSizes = {}): Required<CacheSizes> {
  const names = Object.keys(defaultSizes) as (keyof CacheSizes)[];
  return Object.fromEntries(
    names.map((name) => [name, cacheSize(name, sizes)]),
  ) as unknown as Required<CacheSizes>;
}

function cacheSize(name: keyof CacheSizes, sizes: CacheSizes): number {
  const size = sizes[name] ?? defaultSizes[name];
  if (!Number.isInteger(size) || size < 1 || size > LARGEST_CACHE || (size & (size - 1)) !== 0) {
    throw new RangeError(
      `caches.${name} is ${size}: expected a power of two, 1 to ${LARGEST_CACHE}`,
    );
  }
  return size;
}

/** Bytes of an entry of each cache with its links and heads, an upper bound (assembly/cache-list.ts). */
const ENTRY_BOUND: Readonly<Record<keyof CacheSizes, number>> = {
  context: 80,
  pasid: 144,
  iotlb: 80,
  firstStagePaging: 80,
  secondStagePaging: 80,
  interruptEntry: 80,
};
/** A cache has room for one set at least (assembly/cache.ts). */
const SET_ENTRIES = 4;

/** An upper bound for the end of the state, before `configure` tells it exactly. */
export function stateBound(sizes: CacheSizes = {}): number {
  const resolved = resolveCacheSizes(sizes);
  const names = Object.keys(resolved) as (keyof CacheSizes)[];
  return names.reduce(
    (sum, name) => sum + Math.max(resolved[name], SET_ENTRIES) * ENTRY_BOUND[name],
    at("CACHES"),
  );
}

/** Writes the configuration block and the register tables; the core's `configure` comes next. */
export function writeConfiguration(memory: WebAssembly.Memory, options: CoreOptions): void {
  const view = new DataView(memory.buffer);
  const config = at("CONFIG");
  const set32 = (field: string, value: number) =>
    view.setUint32(config + at(`CONFIG_${field}`), value, true);
  const set64 = (field: string, value: bigint) =>
    view.setBigUint64(config + at(`CONFIG_${field}`), value, true);
  const { capabilities } = options;
  const sizes = options.caches ?? {};
  set32("VERSION", capabilities.version);
  set32("HOST_ADDRESS_WIDTH", capabilities.hostAddressWidth);
  set64("CAP", capabilities.cap);
  set64("ECAP", capabilities.ecap);
  set32("REGISTER_BYTES", capabilities.registerBytes);
  set32("FAULT_COLLAPSE", options.faultCollapse ? 1 : 0);
  set32("REPORT_WRITES", options.reportWrites ? 1 : 0);
  set32("TRACE", options.trace ? 1 : 0);
  set64("INVALIDATION_TIMEOUT", options.invalidationTimeout);
  set32("CONTEXT_ENTRIES", cacheSize("context", sizes));
  set32("PASID_ENTRIES", cacheSize("pasid", sizes));
  set32("IOTLB_ENTRIES", cacheSize("iotlb", sizes));
  set32("FIRST_STAGE_PAGING_ENTRIES", cacheSize("firstStagePaging", sizes));
  set32("SECOND_STAGE_PAGING_ENTRIES", cacheSize("secondStagePaging", sizes));
  set32("INTERRUPT_ENTRIES", cacheSize("interruptEntry", sizes));

  const image = registerImage(capabilities);
  const table = (name: string, words: Uint32Array) =>
    words.forEach((word, index) => view.setUint32(at(name) + 4 * index, word, true));
  table("REGISTER_RW", image.readWrite);
  table("REGISTER_RW1C", image.writeOneToClear);
  table("REGISTER_RESET", image.reset);
  table("REGISTER_STICKY", image.sticky);
  table("REGISTER_WIDTH", image.width);
}
