import { beforeEach, describe, expect, it } from "vitest";
import { GuestMemory, Iommu, type MessageSignaledInterrupt } from "../../host/index.js";
import { IM, IP, REG } from "../registers/offsets.js";
import {
  CountingUnit,
  DISABLE,
  EVENT,
  GFO,
  interrupt,
  IO,
  LARGEST,
  UNFREEZE,
} from "./counting-unit.js";

let iommu: Iommu;
let counting: CountingUnit;
let sent: MessageSignaledInterrupt[];

beforeEach(async () => {
  iommu = await Iommu.create({ memory: GuestMemory.create({ size: 2 ** 20 }) });
  counting = new CountingUnit(iommu);
  sent = [];
  iommu.on("interrupt", (message) => sent.push(message));
});

/** Requests that count, with translation disabled. */
function ask(count = 1): void {
  for (let n = 0; n < count; n++) iommu.translate({ sourceId: 8, address: 0n, access: "read" });
}

function overflowSoon(counter: number, settings: number): void {
  counting.set(counter, LARGEST);
  counting.start(counter, EVENT.REQUESTS, settings);
}

const control = () => iommu.read32(REG.PERFINTRCTL);

describe("VTD-10.3.1: overflow", () => {
  it("sets the bit of the counter, which goes on from 0, and stays until software clears it", () => {
    overflowSoon(3, 0);
    counting.unmask();
    ask();
    expect([counting.read(3), counting.overflowed, counting.isPending]).toEqual([0n, 8n, false]);
    ask(2);
    iommu.write64(REG.PERFOVFSTS, 0x7n);
    expect([counting.read(3), counting.overflowed, sent]).toEqual([2n, 8n, []]);
    iommu.write64(REG.PERFOVFSTS, 8n);
    expect(counting.overflowed).toBe(0n);
  });

  it("writing 0 to a counter is none", () => {
    overflowSoon(0, IO);
    counting.set(0, 0n);
    expect(counting.overflowed).toBe(0n);
  });

  it("with GFO freezes every counter, after all have counted the event (choice M5)", () => {
    counting.start(0, EVENT.REQUESTS);
    overflowSoon(1, GFO);
    counting.start(2, EVENT.REQUESTS);
    ask(3);
    expect([counting.values(3), counting.frozen]).toEqual([[1n, 0n, 1n], 0xffn]);
    counting.command(UNFREEZE);
    ask();
    expect(counting.values(3)).toEqual([2n, 1n, 2n]);
  });

  it("with GFO of another counter does nothing", () => {
    counting.start(0, EVENT.REQUESTS, GFO);
    overflowSoon(1, 0);
    ask();
    expect([counting.frozen, counting.overflowed]).toEqual([0n, 2n]);
  });

  it("freezes in the middle of a request: what comes after the event is not counted", () => {
    overflowSoon(0, GFO);
    counting.start(1, EVENT.IOTLB_LOOKUP);
    iommu.write32(0x18, 0x4000_0000);
    iommu.write32(0x18, 0x8000_0000);
    ask(2);
    expect(counting.values(2)).toEqual([0n, 0n]);
  });
});

describe("VTD-10.6: the performance monitoring interrupt", () => {
  it("is masked after reset: it is pending, and goes out with the mask", () => {
    overflowSoon(0, IO);
    ask();
    expect([counting.isPending, control(), sent]).toEqual([true, (IM | IP) >>> 0, []]);
    counting.unmask();
    expect([counting.isPending, control(), sent]).toEqual([true, 0, [interrupt]]);
  });

  it("clearing PIS forgets it", () => {
    overflowSoon(0, IO);
    ask();
    iommu.write32(REG.PERFINTRSTS, 1);
    expect([counting.isPending, control()]).toEqual([false, IM]);
    counting.unmask();
    expect(sent).toEqual([]);
  });

  it("without mask goes out with the request that overflows the counter, single or in a batch", () => {
    counting.unmask();
    overflowSoon(0, IO);
    ask();
    expect(sent).toEqual([interrupt]);
    counting.set(0, LARGEST);
    iommu.translateWords(8, -1, 0, 0, 8 << 16);
    expect(sent.length).toBe(2);
    counting.set(0, LARGEST);
    iommu.translateBatch(new Uint8Array(64));
    expect([sent.length, counting.read(0)]).toEqual([3, 1n]);
  });

  it("is raised by each overflow, PIS or not (choice M6), once for counters that overflow together", () => {
    counting.unmask();
    overflowSoon(0, IO);
    overflowSoon(1, IO);
    ask();
    expect([sent.length, counting.overflowed]).toEqual([1, 3n]);
    counting.set(1, LARGEST);
    ask();
    expect([sent.length, counting.isPending]).toEqual([2, true]);
  });

  it("comes with the freeze when a counter asks for both", () => {
    counting.unmask();
    overflowSoon(0, IO | GFO);
    ask(2);
    expect([sent, counting.frozen, counting.read(0)]).toEqual([[interrupt], 0xffn, 0n]);
  });

  it("a listener may serve it from within", () => {
    counting.unmask();
    overflowSoon(0, IO);
    iommu.on("interrupt", () => {
      iommu.write64(REG.PERFOVFSTS, counting.overflowed);
      iommu.write32(REG.PERFINTRSTS, 1);
      counting.command(DISABLE, 0);
    });
    ask(3);
    expect([counting.read(0), counting.overflowed, sent.length]).toEqual([0n, 0n, 1]);
  });

  it("goes out from a restored unit too", async () => {
    counting.unmask();
    overflowSoon(0, IO);
    const memory = GuestMemory.create({ size: 2 ** 20 });
    const other = await Iommu.restore(iommu.snapshot(), { memory });
    other.on("interrupt", (message) => sent.push(message));
    other.translate({ sourceId: 8, address: 0n, access: "read" });
    expect(sent).toEqual([interrupt]);
  });

  it("a dry run overflows nothing", () => {
    counting.unmask();
    overflowSoon(0, IO);
    iommu.explain({ sourceId: 8, address: 0n, access: "read" });
    expect([sent, counting.read(0)]).toEqual([[], LARGEST]);
  });
});
