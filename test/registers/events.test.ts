import { beforeEach, describe, expect, it } from "vitest";
import { descriptor, plainWait } from "../queues/descriptors.js";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, ScalableWorld } from "../queues/worlds.js";
import { ICE, IM, IP, IQE, ITE, PFO, PPF, PPR, PRO, REG } from "./offsets.js";

const MESSAGE = { address: 0xfee0_1004, data: 0x41 };
const interrupt = { address: 0xfee0_1004n, data: 0x41 };

let unit: QueuedUnit;
let faulting: number;

async function start(options: Parameters<typeof QueuedUnit.create>[0] = {}) {
  unit = await QueuedUnit.create({ preset: "full", invalidationTimeout: 10, ...options });
  const world = new ScalableWorld(unit);
  world.pasid(0, { kind: "pass-through", domain: 1 });
  world.start();
  unit.enableQueue();
  unit.iommu.write64(REG.PQA, unit.frames.allocate());
  faulting = 0x0300;
}
beforeEach(() => start());

/** A device without context entry, another one each time. */
const fault = () => unit.iommu.translate({ sourceId: faulting++, address: 0n, access: "read" });

function clearRecords(): void {
  for (let index = 0; index < 8; index++) {
    unit.iommu.write32(REG.FRCD + 16 * index + 12, 0x8000_0000);
  }
}

const requestPage = () =>
  unit.iommu.requestPage({
    sourceId: DEVICE,
    address: 0x1000n,
    read: true,
    write: false,
    last: false,
    group: 0,
  });

/** The event interfaces: what causes each event, and how software services it. */
const events = [
  {
    name: "fault event",
    control: REG.FECTL,
    cause: fault,
    service: clearRecords,
  },
  {
    name: "invalidation event",
    control: REG.IECTL,
    cause: () => unit.submit(descriptor("WAIT", { IF: 1 })),
    service: () => unit.iommu.write32(REG.ICS, 1),
  },
  {
    name: "page request event",
    control: REG.PECTL,
    cause: requestPage,
    service: () => unit.iommu.write32(REG.PRS, PPR),
  },
];

describe.each(events)("VTD-7.3: the $name", ({ control, cause, service }) => {
  const state = () => unit.iommu.read32(control);

  it("is masked after reset: it stays pending and sends nothing", () => {
    expect(state()).toBe(IM);
    cause();
    expect([state(), unit.takeInterrupts()]).toEqual([(IM | IP) >>> 0, []]);
  });

  it("checklist 27: taking the mask away sends what is pending, once", () => {
    cause();
    unit.unmask(control, MESSAGE);
    expect([state(), unit.takeInterrupts()]).toEqual([0, [interrupt]]);
    unit.iommu.write32(control, IM);
    unit.iommu.write32(control, 0);
    expect(unit.takeInterrupts()).toEqual([]);
  });

  it("clearing its status while it is masked forgets it", () => {
    cause();
    service();
    expect(state()).toBe(IM);
    unit.unmask(control, MESSAGE);
    expect(unit.takeInterrupts()).toEqual([]);
  });

  it("without mask is sent at once, and never pending", () => {
    unit.unmask(control, MESSAGE);
    cause();
    expect([state(), unit.takeInterrupts()]).toEqual([0, [interrupt]]);
  });

  it("checklist 26: a second cause while the status is set sends nothing", () => {
    unit.unmask(control, MESSAGE);
    cause();
    cause();
    expect(unit.takeInterrupts().length).toBe(1);
    unit.iommu.write32(control, IM);
    cause();
    expect(state()).toBe(IM);
  });

  it("after software has serviced it, the next cause sends again", () => {
    unit.unmask(control, MESSAGE);
    for (let round = 0; round < 3; round++) {
      cause();
      expect(unit.takeInterrupts()).toEqual([interrupt]);
      service();
    }
  });

  it("masked again, the next one is pending", () => {
    unit.unmask(control, MESSAGE);
    unit.iommu.write32(control, IM);
    cause();
    expect([state(), unit.takeInterrupts()]).toEqual([(IM | IP) >>> 0, []]);
  });

  it("writing IP, or IM over nothing pending, sends nothing", () => {
    unit.iommu.write32(control, IP);
    expect([state(), unit.takeInterrupts()]).toEqual([0, []]);
    unit.iommu.write32(control, (IM | IP) >>> 0);
    unit.iommu.write32(control, 0);
    expect([state(), unit.takeInterrupts()]).toEqual([0, []]);
  });

  it("has the address and the data that are programmed when it is sent", () => {
    cause();
    unit.iommu.write32(control + 4, 0xffff_8055);
    unit.iommu.write32(control + 8, 0xfee1_f00f);
    unit.iommu.write32(control + 12, 0x1234_5678);
    unit.iommu.write32(control, 0);
    // 16 bits of data, and a multiple of 4.
    const address = 0x1234_5678_fee1_f00cn;
    expect(unit.takeInterrupts()).toEqual([{ address, data: 0x8055 }]);
  });

  it("has no upper address without ECAP.EIM", async () => {
    const plain = await QueuedUnit.create({ capabilities: { EIM: 0 } });
    plain.iommu.write32(control + 12, 0x1234_5678);
    expect(plain.iommu.read32(control + 12)).toBe(0);
  });

  it("is of its own: the other events stay as they are", () => {
    cause();
    const others = events.filter((event) => event.control !== control);
    expect(others.map((event) => unit.iommu.read32(event.control))).toEqual([IM, IM]);
    for (const other of others) other.service();
    expect(state()).toBe((IM | IP) >>> 0);
  });

  it("counts when it is sent", () => {
    cause();
    expect(unit.iommu.counters().interrupts).toBe(0n);
    unit.unmask(control, MESSAGE);
    expect(unit.iommu.counters().interrupts).toBe(1n);
  });

  it("a reset masks it, and forgets what is pending", () => {
    cause();
    unit.iommu.reset("warm");
    expect(state()).toBe(IM);
  });
});

/** Causes of the fault event by their bit in FSTS, and what clears them. */
const causes = [
  { name: "PPF", bit: PPF, cause: fault, clear: clearRecords },
  {
    name: "IQE",
    bit: IQE,
    cause: () => unit.submit(descriptor("CC_INV", { G: 0 })),
    clear: () => {
      unit.overwrite(unit.head, plainWait);
      unit.iommu.write32(REG.FSTS, IQE);
    },
  },
  {
    name: "ICE",
    bit: ICE,
    cause: () => unit.iommu.completeInvalidation({ sourceId: DEVICE, itag: 31 }),
    clear: () => unit.iommu.write32(REG.FSTS, ICE),
  },
  {
    name: "ITE",
    bit: ITE,
    cause: () => {
      unit.submit(descriptor("DEV_TLB_INV", { SID: DEVICE }));
      unit.iommu.advance(10);
    },
    clear: () => unit.iommu.write32(REG.FSTS, ITE),
  },
];

describe("VTD-7.3: causes of the fault event", () => {
  const pending = () => (unit.iommu.read32(REG.FECTL) & IP) !== 0;
  const flags = () => unit.faultStatus & 0xff;

  it.each(causes)("$name is one", ({ bit, cause, clear }) => {
    cause();
    expect([flags(), pending()]).toEqual([bit, true]);
    clear();
    expect([flags(), pending()]).toEqual([0, false]);
  });

  const pairs = causes.flatMap((first) =>
    causes
      // A stopped queue sends no further invalidations, and completes none.
      .filter((second) => second !== first && !(first.bit === IQE && second.bit === ITE))
      .filter((second) => !(first.bit === ITE && second.bit === IQE))
      .map((second) => ({ first, second })),
  );

  it.each(pairs)("$first.name and then $second.name are one event", ({ first, second }) => {
    unit.unmask(REG.FECTL, MESSAGE);
    first.cause();
    second.cause();
    expect([flags(), unit.takeInterrupts().length]).toEqual([first.bit | second.bit, 1]);
  });

  it.each(pairs)("$first.name cleared, $second.name left: it stays pending", (pair) => {
    pair.first.cause();
    pair.second.cause();
    pair.first.clear();
    expect([flags(), pending()]).toEqual([pair.second.bit, true]);
    pair.second.clear();
    expect([flags(), pending()]).toEqual([0, false]);
  });

  it("choice F2: PFO alone is none, and keeps the others back as long as it is set", () => {
    for (let count = 0; count < 9; count++) fault();
    expect(flags()).toBe(PPF | PFO);
    clearRecords();
    expect([flags(), pending()]).toEqual([PFO, true]);
    unit.iommu.write32(REG.FECTL, 0);
    expect(unit.takeInterrupts().length).toBe(1);
    unit.submit(descriptor("CC_INV", { G: 0 }));
    expect([flags(), pending(), unit.takeInterrupts().length]).toEqual([PFO | IQE, false, 0]);
    unit.iommu.write32(REG.FSTS, PFO | IQE);
    expect([flags(), unit.takeInterrupts().length]).toEqual([IQE, 1]);
  });
});

describe("VTD-7.5: the page request event", () => {
  const pending = () => (unit.iommu.read32(REG.PECTL) & IP) !== 0;
  const status = () => unit.iommu.read32(REG.PRS);
  const fill = () => {
    for (let count = 0; count < 127; count++) requestPage();
  };

  it("PRO while PPR is set is no further event", () => {
    unit.unmask(REG.PECTL, MESSAGE);
    fill();
    expect([status(), unit.takeInterrupts().length]).toEqual([PPR, 1]);
    expect(requestPage()).toMatchObject({ status: "dropped", why: "queue-full" });
    expect([status(), unit.takeInterrupts().length]).toEqual([PPR | PRO, 0]);
  });

  it("PRO with PPR clear is one", () => {
    unit.unmask(REG.PECTL, MESSAGE);
    fill();
    unit.iommu.write32(REG.PRS, PPR);
    unit.takeInterrupts();
    requestPage();
    expect([status(), unit.takeInterrupts()]).toEqual([PRO, [interrupt]]);
  });

  it("is forgotten when both PPR and PRO are clear", () => {
    fill();
    requestPage();
    unit.iommu.write32(REG.PRS, PPR);
    expect([status(), pending()]).toEqual([PRO, true]);
    unit.iommu.write32(REG.PRS, PRO);
    expect([status(), pending()]).toEqual([0, false]);
  });
});
