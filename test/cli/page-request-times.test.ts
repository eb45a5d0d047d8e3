import { beforeEach, describe, expect, it } from "vitest";

import { bootAccount } from "../../host/cli/boot-account.js";
import { bootCounters } from "../../host/cli/boot-counters.js";
import { BootListener } from "../../host/cli/boot-events.js";
import { PageRequestTimes, type PageRequestStage } from "../../host/cli/page-request-times.js";
import type { IommuPort } from "../../host/pci/iommu-port.js";
import type { MessageSignaledInterrupt, PageRequest } from "../../host/index.js";
import { scalable } from "../iommu/conditions/scalable.js";
import { REG, Unit } from "../iommu/unit.js";
import { INPUT, PASID, SID, type ScalableWorld } from "../iommu/worlds.js";
import { descriptor } from "../queues/descriptors.js";
import { schemaProblems } from "./schema.js";

const request: PageRequest = {
  sourceId: SID,
  pasid: PASID,
  address: INPUT,
  read: true,
  write: true,
  last: true,
  group: 3,
};

describe("times of page requests", () => {
  let now: bigint;
  let unit: Unit;
  let world: ScalableWorld;
  let times: PageRequestTimes;
  let port: IommuPort;
  let interrupts: MessageSignaledInterrupt[];

  beforeEach(async () => {
    now = 1_000_000n;
    interrupts = [];
    times = new PageRequestTimes(() => now);
    unit = await Unit.create({ trace: true });
    const { iommu } = unit;
    port = times.between(iommu);
    iommu.on("interrupt", (message) => interrupts.push(message));
    // The unit takes 5 to write a request into its queue, the endpoint 7 to take an answer.
    iommu.on("trace", ({ kind }) => {
      if (kind === "pageRequest") now += 5n;
    });
    iommu.on("pageGroupResponse", () => {
      now += 7n;
    });
    times.listenLast(iommu);
    world = scalable("first-stage")(unit);
    unit.startPageRequests();
    world.start();
  });

  const look = () => {
    unit.iommu.write32(REG.PRS, 1);
    unit.takePageRequests();
  };
  const answer = (fields: { PASID?: number; PRGI?: number; RC?: number } = {}) => {
    const named = { PP: 1, RID: SID, PASID, PRGI: 3, ...fields };
    unit.submit(descriptor("PAGE_GROUP_RESPONSE", named));
  };
  const translate = (address = INPUT) => port.requestTranslation({ ...request, address });
  const values = () => {
    const { stages = {}, roundTrip } = times.summary ?? {};
    const entries = Object.entries(stages).map(([stage, { p50, count }]) => [stage, p50, count]);
    return { stages: entries, roundTrip: roundTrip?.p50 };
  };
  const stage = (name: PageRequestStage) => times.summary?.stages[name];

  it("tell how long each stage took, and the round trip as a whole", () => {
    port.requestPage(request);
    now += 10n;
    times.interruptTaken(interrupts[0]!);
    now += 20n;
    look();
    now += 30n;
    answer();
    now += 40n;
    translate();
    expect(values()).toEqual({
      stages: [
        ["queue", 5, 1],
        ["interrupt", 10, 1],
        ["notice", 20, 1],
        ["answer", 30, 1],
        ["deliver", 7, 1],
        ["retry", 40, 1],
      ],
      roundTrip: 5 + 10 + 20 + 30 + 7,
    });
    expect(times.summary?.unanswered).toBe(0);
  });

  it("are told as docs/qemu.schema.json says", () => {
    port.requestPage(request);
    answer();
    const result = {
      ...{ schemaVersion: 1, emulator: "qemu", emulatorVersion: "11.1", kernel: "bzImage" },
      ...{ verdict: "pass", preset: "linux", checks: [], wallMs: 1 },
      counters: bootCounters({ iommu: unit.iommu, endpoints: [], interruptsDelivered: 0 }),
      pageRequestTimes: times.summary,
    };
    expect(schemaProblems("qemu", result)).toEqual([]);
  });

  it("stand in the account of a run", () => {
    port.requestPage(request);
    now += 12_345n;
    answer();
    const { iommu } = unit;
    const listener = new BootListener();
    listener.attached({ iommu, onLostInterrupt: () => undefined });
    const account = bootAccount(
      {
        ...{ verdict: "pass", wallMs: 1, unit: { preset: "full", capabilities: {} }, checks: [] },
        capabilities: iommu.capabilities,
        counters: bootCounters({ iommu, endpoints: [], interruptsDelivered: 0 }),
        events: listener.events,
        pageRequestTimes: times.summary!,
      },
      { out: () => undefined, message: () => undefined, color: false },
    );
    expect(account).toMatch(
      /round trips +1 groups answered by the guest in 12 \/ 12 \/ 12 \/ 12 \/ 12 us .*host time/,
    );
    expect(account).toMatch(/medians of the stages: queue 0\.0, answer 12, deliver 0\.0 us/);
  });

  it("are nothing before the first request", () => {
    expect(times.summary).toBeUndefined();
  });

  it("begin with the request that ends a group, and end with its first page", () => {
    port.requestPage({ ...request, last: false });
    now += 1000n;
    port.requestPage({ ...request, address: INPUT + 0x1000n });
    look();
    answer();
    now += 40n;
    translate(INPUT + 0x1000n);
    expect(stage("retry")).toBeUndefined();
    translate();
    expect(stage("retry")).toMatchObject({ count: 1, p50: 40 });
    expect(times.summary?.roundTrip).toMatchObject({ count: 1, max: 5 + 7 });
  });

  it("have no interrupt of a request that found one pending", () => {
    port.requestPage(request);
    port.requestPage({ ...request, group: 4 });
    expect(interrupts).toHaveLength(1);
    now += 20n;
    look();
    times.interruptTaken(interrupts[0]!);
    expect(stage("interrupt")).toBeUndefined();
    expect(stage("notice")).toMatchObject({ count: 2, min: 20, max: 20 + 5 });
  });

  it("have no retry of a group that was refused, nor before its translation is there", () => {
    port.requestPage(request);
    answer({ RC: 1 });
    translate();
    port.requestPage({ ...request, address: 0x7000n });
    answer();
    translate(0x7000n);
    expect(stage("retry")).toBeUndefined();
    expect(times.summary?.roundTrip).toMatchObject({ count: 2 });
  });

  it("leave out stop markers, and what the unit answers by itself", () => {
    port.requestPage({ ...request, read: false, write: false });
    unit.iommu.write64(REG.PQH, 0n);
    unit.iommu.write64(REG.PQT, 4096n - 32n);
    expect(port.requestPage(request).status).toBe("answered");
    expect(times.summary).toBeUndefined();
  });

  it("count groups that have no answer, also one whose index is used again", () => {
    port.requestPage(request);
    port.requestPage(request);
    port.requestPage({ ...request, group: 9 });
    answer();
    expect(times.summary).toMatchObject({ unanswered: 2, roundTrip: { count: 1 } });
  });

  it("give up the oldest of more than 4096 groups that nobody answers", () => {
    const pasids = Array.from({ length: 9 }, (_, index) => 20 + index);
    for (const pasid of pasids) {
      world.addPasid(pasid);
      for (let group = 0; group < 512; group++) {
        unit.iommu.write64(REG.PQH, unit.iommu.read64(REG.PQT));
        expect(port.requestPage({ ...request, pasid, group }).status).toBe("accepted");
      }
    }
    answer({ PASID: 20, PRGI: 511 });
    expect(times.summary).toEqual(expect.objectContaining({ unanswered: 9 * 512 }));
    expect(times.summary?.roundTrip).toBeUndefined();
    answer({ PASID: 21, PRGI: 0 });
    expect(times.summary).toMatchObject({ unanswered: 9 * 512 - 1, roundTrip: { count: 1 } });
  });
});
