import { beforeAll, describe, expect, it } from "vitest";
import {
  bitmapBytes,
  DirtyBitmap,
  DirtyLedger,
  DirtyTracking,
  makeTableWorld,
  PagingDomain,
  Rwsem,
  secondStageFormat,
  TableRun,
  Kernel,
  type DirtyTrackingOptions,
  type MappedArea,
  type TableWorld,
} from "viommu/driver";
import { complete } from "../vtd/complete.js";
import { attachedDomain, everyFormat } from "./attached-domain.js";

const KB4 = 0x1000n;
const MB2 = 0x20_0000n;
const PHYSICAL = 0x10_0000_0000n;

let world: TableWorld;
beforeAll(async () => {
  world = await everyFormat();
});

/** A domain that tracks, with these areas mapped. */
function tracked(areas: readonly MappedArea[], options: Partial<DirtyTrackingOptions> = {}) {
  const made = attachedDomain(world, { format: secondStageFormat(), dirtyTracking: true });
  const { kernel, domain, device, done } = made;
  for (const { iova, length } of areas) done(() => domain.map(iova, PHYSICAL + iova, length));
  const mapped = { lock: new Rwsem(kernel, "iova_rwsem"), areas: () => areas, alignment: KB4 };
  const tracking = new DirtyTracking(domain, mapped, options);
  const write = (iova: bigint) => done(() => device.access(iova, "write"));
  const get = (iova: bigint, length: bigint, pageSize = KB4, noClear = false) => {
    const data = new Uint8Array(Number(length / KB4));
    const result = done(() => tracking.get({ iova, length, pageSize, data, noClear }));
    const bits = [...data].flatMap((byte, i) =>
      Array.from({ length: 8 }, (_, bit) => ((byte >> bit) & 1 ? 8 * i + bit : -1)),
    );
    return result === 0 ? bits.filter((bit) => bit >= 0) : result;
  };
  return { ...made, tracking, write, get };
}

const WHOLE = [{ iova: 0x10_0000n, length: 16n * KB4 }];
const [{ iova: START, length: LENGTH }] = WHOLE as [MappedArea];

describe("IOMMU_HWPT_GET_DIRTY_BITMAP", () => {
  it("tells what was written since, by bits relative to the first address asked for", () => {
    const { tracking, done, write, get, end } = tracked(WHOLE);
    expect(done(() => tracking.set(true))).toBe(0);
    for (const page of [3n, 9n]) write(START + page * KB4);
    expect(get(START + 2n * KB4, 8n * KB4)).toEqual([1, 7]);
    expect(get(START, LENGTH)).toEqual([]);
    write(START + 9n * KB4);
    expect(get(START, LENGTH)).toEqual([9]);
    end();
  });

  it("leaves out reads, and what was written before tracking began", () => {
    const { tracking, done, device, write, get, end } = tracked(WHOLE);
    write(START);
    done(() => tracking.set(true));
    done(() => device.access(START, "read"));
    expect(get(START, LENGTH)).toEqual([]);
    end();
  });

  it("D-I3: with NO_CLEAR tells the same again", () => {
    const { tracking, done, write, get, end } = tracked(WHOLE);
    done(() => tracking.set(true));
    write(START + KB4);
    expect(get(START, LENGTH, KB4, true)).toEqual([1]);
    expect(get(START, LENGTH, KB4, true)).toEqual([1]);
    expect(get(START, LENGTH)).toEqual([1]);
    expect(get(START, LENGTH)).toEqual([]);
    end();
  });

  it("marks the part of a large page that lies in the range", () => {
    const { tracking, done, write, get, end } = tracked([{ iova: 0n, length: MB2 }]);
    done(() => tracking.set(true));
    write(300n * KB4);
    expect(get(8n * KB4, 3n * KB4)).toEqual([0, 1, 2]);
    expect(get(0n, MB2)).toEqual([]);
    end();
  });

  it("takes larger units than the pages are", () => {
    const { tracking, done, write, get, end } = tracked(WHOLE);
    done(() => tracking.set(true));
    write(START + 5n * KB4);
    expect(get(START, LENGTH, 4n * KB4)).toEqual([1]);
    end();
  });

  it("goes on from one area to the next", () => {
    const areas = [0n, 1n, 2n].map((n) => ({ iova: START + 2n * n * KB4, length: 2n * KB4 }));
    const { tracking, done, write, get, end } = tracked(areas);
    done(() => tracking.set(true));
    for (const page of [1n, 2n, 5n]) write(START + page * KB4);
    expect(get(START + KB4, 5n * KB4)).toEqual([0, 1, 4]);
    end();
  });

  it("EINVAL at a hole; Linux 7.2 answers 0, with what lies in front of it [Q11]", () => {
    const areas = [0n, 4n].map((n) => ({ iova: START + n * KB4, length: 2n * KB4 }));
    const linux = tracked(areas, { behaviour: "strictLinux72" });
    linux.done(() => linux.tracking.set(true));
    for (const page of [1n, 4n]) linux.write(START + page * KB4);
    expect(linux.get(START, 6n * KB4)).toEqual([1]);
    linux.end();
    const fixed = tracked(areas);
    expect(fixed.get(START, 6n * KB4)).toBe("EINVAL");
    fixed.end();
  });

  it.each([
    ["an end above 64 bits", (1n << 64n) - KB4, 2n * KB4, KB4, "EOVERFLOW"],
    ["no bytes", START, 0n, KB4, "EOVERFLOW"],
    ["no page size", START, LENGTH, 0n, "EINVAL"],
    ["an address that is no multiple of a page", START + 8n, LENGTH, KB4, "EINVAL"],
    ["a length that is none", START, LENGTH + 8n, KB4, "EINVAL"],
    ["an address that is no multiple of the unit", START + KB4, LENGTH, 2n * KB4, "EINVAL"],
  ] as const)("refuses %s", (_, iova, length, pageSize, result) => {
    const { tracking, done, end } = tracked(WHOLE);
    const data = new Uint8Array(16);
    expect(done(() => tracking.get({ iova, length, pageSize, data }))).toBe(result);
    end();
  });
});

describe("IOMMU_HWPT_SET_DIRTY_TRACKING", () => {
  it("EOPNOTSUPP for a domain that was not made for it", () => {
    const { kernel, domain, done, end } = attachedDomain(world, { format: secondStageFormat() });
    const mapped = { lock: new Rwsem(kernel, "lock"), areas: () => WHOLE, alignment: KB4 };
    const tracking = new DirtyTracking(domain, mapped);
    const data = new Uint8Array(2);
    expect(done(() => tracking.set(true))).toBe("EOPNOTSUPP");
    expect(done(() => tracking.get({ iova: START, length: LENGTH, pageSize: KB4, data }))).toBe(
      "EOPNOTSUPP",
    );
    end();
  });

  it("once it ended, writes are no news", () => {
    const { tracking, done, write, get, end } = tracked(WHOLE);
    done(() => tracking.set(true));
    done(() => tracking.set(false));
    write(START);
    expect(get(START, LENGTH)).toEqual([]);
    end();
  });

  it("a device that is attached later is tracked too", () => {
    const { tracking, run, domain, done, get, end } = tracked(WHOLE);
    done(() => tracking.set(true));
    const late = run.plugDma({ name: "late", sourceId: 0x20 });
    const attached = done(() => run.attachTo(domain, late))!;
    done(() => late.access(START + KB4, "write"));
    expect(get(START, LENGTH)).toEqual([1]);
    done(() => run.detachFrom(attached));
    end();
  });

  it("refuses a unit that cannot track: the domain is not attached", async () => {
    const without = await makeTableWorld({ capabilities: { SSADS: 0 } });
    const kernel = new Kernel();
    const run = new TableRun(kernel, without);
    const domain = new PagingDomain({
      ...{ name: "domain", domainId: 5, pages: run.pages, dirtyTracking: true },
      format: secondStageFormat({ levels: 3 }),
    });
    const device = run.plugDma({ name: "device", sourceId: 0x10 });
    expect(complete(kernel, () => run.attachTo(domain, device))).toBeUndefined();
    expect(domain.places).toEqual([]);
  });
});

describe("the bitmap", () => {
  it("begins at any byte of a buffer, and only sets bits", () => {
    const buffer = new Uint8Array(8).fill(0x80);
    const bitmap = new DirtyBitmap(0x4000n, 12n * KB4, KB4, buffer.subarray(3));
    bitmap.set(0x4000n + 9n * KB4, 2n * KB4);
    bitmap.set(0n, 0x5000n);
    expect([...buffer]).toEqual([0x80, 0x80, 0x80, 0x81, 0x86, 0x80, 0x80, 0x80]);
  });

  it("says how many bytes a range takes, and refuses fewer", () => {
    expect(bitmapBytes(9n * KB4, KB4)).toBe(2);
    expect(() => new DirtyBitmap(0n, 9n * KB4, KB4, new Uint8Array(1))).toThrow(
      "the bitmap has 1 bytes: expected 2 for 0x9000 bytes in pages of 0x1000",
    );
  });
});

describe("the ledger", () => {
  const range = { iova: 0n, length: 4n * KB4 };
  const reported = (page: bigint) => ({ iova: page * KB4, length: KB4, leaf: KB4 });
  function started(): DirtyLedger {
    const ledger = new DirtyLedger(new Kernel());
    ledger.beginTracking();
    ledger.tracking();
    return ledger;
  }
  function write(ledger: DirtyLedger, page: bigint): void {
    ledger.begins(page * KB4);
    ledger.wrote(page * KB4);
  }

  it("D-I2: a page that was written ahead of the scan is due", () => {
    const ledger = started();
    write(ledger, 2n);
    expect(() => {
      ledger.endScan(ledger.beginScan(range), [reported(1n)]);
    }).toThrow("0x2000 was written, and the scan does not report it");
  });

  it("D-I2: a page that is written during the scan is due in the next", () => {
    const ledger = started();
    const scan = ledger.beginScan(range);
    write(ledger, 2n);
    ledger.endScan(scan, []);
    expect(() => {
      ledger.endScan(ledger.beginScan(range), []);
    }).toThrow("0x2000 was written, and the scan does not report it");
  });

  it("D-I3: what was not cleared comes again", () => {
    const ledger = started();
    const first = ledger.beginScan({ ...range, noClear: true });
    write(ledger, 1n);
    ledger.endScan(first, [reported(1n)]);
    ledger.endScan(ledger.beginScan({ ...range, noClear: true }), [reported(1n)]);
    write(ledger, 2n);
    expect(() => {
      ledger.endScan(ledger.beginScan(range), [reported(2n)]);
    }).toThrow("0x1000");
  });

  it("D-I4: nothing is reported that nobody wrote", () => {
    const ledger = started();
    write(ledger, 1n);
    expect(() => {
      ledger.endScan(ledger.beginScan(range), [reported(1n), reported(3n)]);
    }).toThrow("0x3000 is reported, and nobody wrote there since tracking began");
  });
});
