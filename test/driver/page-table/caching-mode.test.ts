/** Units that ask for more when something is mapped: caching mode (§6.1), write buffers (§6.8); and exact flushes. */
import { beforeAll, describe, expect, it } from "vitest";
import {
  firstStageFormat,
  Gather,
  Kernel,
  PagingDomain,
  secondStageFormat,
  TableRun,
  vtd,
  type TableWorld,
} from "viommu/driver";
import { complete } from "../vtd/complete.js";
import { attachedDomain, everyFormat } from "./attached-domain.js";

const KB4 = 0x1000n;
const MB2 = 0x20_0000n;
const PHYSICAL = 0x10_0000_0000n;
/** So many that nothing is evicted. */
const CACHES = { context: 8, pasid: 8, iotlb: 64, firstStagePaging: 64, secondStagePaging: 64 };
const SOURCE_ID = 0x10;

let caching: TableWorld;
let plain: TableWorld;
beforeAll(async () => {
  caching = await everyFormat({ capabilities: { CM: 1 }, caches: CACHES });
  plain = await everyFormat({ caches: CACHES });
});

/** A domain whose device is refused at each address before it is mapped there. */
function refusedFirst(
  world: TableWorld,
  options: Partial<Parameters<typeof attachedDomain>[1]> = {},
) {
  const made = attachedDomain(world, { format: secondStageFormat(), ...options });
  const { domain, device, done } = made;
  const write = (iova: bigint) => done(() => device.access(iova, "write"));
  const map = (iova: bigint, length: bigint) => {
    expect(write(iova)).toBeUndefined();
    expect(done(() => domain.map(iova, PHYSICAL + iova, length))).toBe(0);
    return write(iova);
  };
  return { ...made, write, map };
}

const descriptors = (world: TableWorld) => world.iommu.counters().descriptors;

describe("§6.1: with CM the unit caches that nothing is mapped", () => {
  it.each([
    ["the first page of a table that is not there yet", [0n], KB4],
    ["the second page of a table", [0n, KB4], KB4],
    ["a large page", [MB2], MB2],
    ["pages of two tables in one call", [MB2 - KB4], 2n * KB4],
  ])("%s: map flushes, and DMA goes through", (_, places, length) => {
    const { map, end } = refusedFirst(caching);
    for (const iova of places) expect(map(iova, length)).toBe(PHYSICAL + iova);
    end();
  });

  it.each([
    ["a table that is not there yet", 0n],
    ["a table that is", KB4],
  ])("control: without the flush the unit still refuses a page of %s", (_, iova) => {
    const { domain, done, write, map, end } = refusedFirst(caching, { without: ["flush-new"] });
    if (iova !== 0n) done(() => domain.map(0n, PHYSICAL, KB4));
    expect(map(iova, KB4)).toBeUndefined();
    done(() => domain.unmap(iova, KB4));
    expect(write(iova)).toBeUndefined();
    end();
  });

  it("what is unmapped and mapped again goes through", () => {
    const { domain, done, map, end } = refusedFirst(caching);
    for (let time = 0; time < 3; time++) {
      expect(map(KB4, KB4)).toBe(PHYSICAL + KB4);
      done(() => domain.unmap(KB4, KB4));
    }
    end();
  });

  it("nothing is cached of a first stage, and nothing is flushed", () => {
    const { domain, done, map, end } = refusedFirst(caching, { format: firstStageFormat() });
    const before = descriptors(caching);
    expect(map(0n, KB4)).toBe(PHYSICAL);
    expect(descriptors(caching)).toBe(before);
    done(() => domain.unmap(0n, KB4));
    end();
  });

  it("without CM nothing is flushed behind map, and DMA goes through", () => {
    const { map, end } = refusedFirst(plain);
    const before = descriptors(plain);
    expect(map(0n, KB4)).toBe(PHYSICAL);
    expect(descriptors(plain)).toBe(before);
    end();
  });
});

describe("§6.2.2: with CM the unit caches that a device has no domain", () => {
  /** A device that tries its luck before it has a context entry, before it has a domain, and with one. */
  function tryEachTime(world: TableWorld, options: ConstructorParameters<typeof TableRun>[2] = {}) {
    const kernel = new Kernel();
    const run = new TableRun(kernel, world, { reuseFrames: true, ...options });
    const domain = new PagingDomain({
      ...{ name: "domain", domainId: 5, pages: run.pages, format: secondStageFormat() },
    });
    const dma = run.plugDma({ name: "device", sourceId: SOURCE_ID });
    const write = () => complete(kernel, () => dma.access(0n, "write"));
    const found: (bigint | undefined)[] = [write()];
    complete(kernel, function* () {
      const device = (yield* run.discover(dma))!;
      found.push(yield* dma.access(0n, "write"));
      const handle = kernel.heap.make("attach_handle", { domain });
      yield* domain.map(0n, PHYSICAL, KB4);
      yield* vtd.attach(run.unit, device, handle);
      found.push(yield* dma.access(0n, "write"));
      yield* vtd.detach(run.unit, device);
      found.push(yield* dma.access(0n, "write"));
      yield* vtd.attach(run.unit, device, handle);
      found.push(yield* dma.access(0n, "write"));
    });
    return found;
  }

  it("probe and attach flush what was absent", () => {
    const [ok, no] = [PHYSICAL, undefined];
    expect(tryEachTime(caching)).toEqual([no, no, ok, no, ok]);
    expect(tryEachTime(plain)).toEqual([no, no, ok, no, ok]);
  });

  it("Linux 7.2 names the new domain, and what was absent is cached under domain-id 0", () => {
    const found = tryEachTime(caching, { behaviour: "strictLinux72" });
    expect(found).toEqual([undefined, undefined, undefined, undefined, undefined]);
    expect(tryEachTime(plain, { behaviour: "strictLinux72" }).at(-1)).toBe(PHYSICAL);
  });
});

describe("§6.8: with RWBF the write buffer is flushed where nothing is invalidated", () => {
  const WBF = 1 << 27;
  const RWBF = 1n << 4n;

  /** A unit with RWBF has no scalable mode: the driver is shown the bit all the same. */
  function buffering(options: Parameters<typeof refusedFirst>[1] = {}) {
    const made = refusedFirst(plain, options);
    const { booted } = made.run.unit;
    Object.assign(booted, { capability: booted.capability | RWBF });
    return made;
  }

  it.each([
    ["second stage", secondStageFormat()],
    ["first stage", firstStageFormat()],
  ])("%s: map sends one command", (_, format) => {
    const { domain, done, run, end } = buffering({ format });
    const commands: number[] = [];
    const { window } = run.unit;
    const write32 = window.write32.bind(window);
    window.write32 = (offset, value) => {
      if (offset === 0x18) commands.push(value >>> 0);
      write32(offset, value);
    };
    done(() => domain.map(0n, PHYSICAL, 3n * KB4));
    expect(commands.map((value) => (value & WBF) !== 0)).toEqual([true]);
    // Each command carries all that is enabled: translation and queued invalidation go on.
    expect(run.iommu.read32(0x1c) >>> 0).toBe(0xc400_0000);
    window.write32 = write32;
    end();
  });

  it("a unit without it gets none", () => {
    const { domain, done, run, end } = refusedFirst(plain);
    let commands = 0;
    const { window } = run.unit;
    const write32 = window.write32.bind(window);
    window.write32 = (offset, value) => {
      if (offset === 0x18) commands += 1;
      write32(offset, value);
    };
    done(() => domain.map(0n, PHYSICAL, KB4));
    expect(commands).toBe(0);
    window.write32 = write32;
    end();
  });
});

describe("flushes without gaps", () => {
  /** Pages 1 and 6 of eight that are cached go in one gather; what comes of page 4, between them? */
  function unmapTwo(flushesWithoutGaps: boolean) {
    const { domain, done, device, end } = attachedDomain(plain, {
      format: secondStageFormat(),
      flushesWithoutGaps,
    });
    done(() => domain.map(0n, PHYSICAL, 8n * KB4));
    const access = (page: bigint) => done(() => device.access(page * KB4, "read"));
    for (const page of [1n, 4n, 6n]) access(page);
    const { syncs } = domain.table.meter.reclaim;
    const gather = new Gather();
    for (const page of [1n, 6n]) done(() => domain.unmapFast(page * KB4, KB4, gather));
    const first = access(1n);
    done(() => domain.sync(gather));
    const hits = plain.iommu.counters().iotlbHits;
    access(4n);
    const kept = plain.iommu.counters().iotlbHits - hits;
    const left = [1n, 6n].map(access);
    const flushes = domain.table.meter.reclaim.syncs - syncs;
    end();
    return { first, kept, left, flushes };
  }

  it("two ranges that do not touch are flushed one by one: what lies between stays cached", () => {
    expect(unmapTwo(true)).toEqual({
      ...{ first: undefined, kept: 1n, flushes: 2 },
      left: [undefined, undefined],
    });
  });

  it("otherwise one flush covers both and what lies between", () => {
    expect(unmapTwo(false)).toEqual({
      // Until the flush the device reaches what it has cached.
      ...{ first: PHYSICAL + KB4, kept: 0n, flushes: 1 },
      left: [undefined, undefined],
    });
  });

  it("D-I5: the early flush frees the tables of the first range, and none of the second", () => {
    const { domain, done, run, end } = attachedDomain(plain, {
      format: secondStageFormat(),
      flushesWithoutGaps: true,
    });
    for (const at of [0n, 4n * MB2]) done(() => domain.map(at, PHYSICAL + KB4, MB2));
    const before = run.pages.live;
    const gather = new Gather();
    done(() => domain.unmapFast(0n, MB2, gather));
    expect(run.pages.live).toBe(before);
    done(() => domain.unmapFast(4n * MB2, MB2, gather));
    expect(run.pages.live).toBe(before - 1);
    done(() => domain.sync(gather));
    expect(run.pages.live).toBe(before - 2);
    end();
  });
});
