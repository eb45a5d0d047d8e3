import { beforeEach, describe, expect, it } from "vitest";
import {
  capabilityAt,
  control,
  descriptorFlag,
  deviceStatus,
  manner,
  operation,
  queueControl,
  queueState,
  reg,
  statusCode,
} from "../../../host/devices/dma-engine/registers.js";
import { invalidationRange } from "../../../host/devices/dma-engine/device-tlb.js";
import { BDF, Rig, USE_ATS } from "./rig.js";

const MIB2 = 2 ** 21;
let rig: Rig;

beforeEach(() => {
  rig = new Rig();
  rig.enableAts();
  rig.enablePasid();
  rig.enableQueue(0, { pasid: 5 });
});

const fill = (destination: bigint, length = 8, flags = USE_ATS) => ({
  op: operation.fill,
  flags,
  destination,
  length,
  pattern: 0x77n,
});
const verify = (source: bigint, length = 8, flags = USE_ATS) => ({
  op: operation.verify,
  flags,
  source,
  length,
});

describe("the device TLB", () => {
  it("is filled by a translation request, and then serves without one", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    expect(rig.perform(0, fill(0x10_0010n)).code).toBe(statusCode.ok);
    expect(rig.memory.read8(0x4_0010n)).toBe(0x77);
    expect(rig.unit.translationRequests).toEqual([
      {
        sourceId: BDF,
        pasid: 5,
        address: 0x10_0000n,
        noWrite: false,
        privileged: false,
        execute: false,
      },
    ]);
    expect(rig.unit.translatedRequests).toEqual([
      { sourceId: BDF, pasid: undefined, address: 0x4_0010n, access: "write", size: 8 },
    ]);
    rig.perform(0, fill(0x10_0020n));
    expect(rig.counter("translationRequests")).toBe(1);
    expect(rig.counter("tlbHits")).toBe(1);
    expect(rig.counter("translatedRequests")).toBe(2);
    expect(rig.counter("tlbUsed")).toBe(1);
  });

  it("is not used by descriptors without USE_ATS, nor while ATS is disabled", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    rig.perform(0, fill(0x10_0000n, 8, 0));
    rig.bus.config.write16(BDF, capabilityAt.ats + 6, 0);
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.ok);
    expect(rig.unit.translationRequests).toEqual([]);
    expect(rig.unit.translatedRequests).toEqual([]);
  });

  it("asks with No Write for a source, without for a destination", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    rig.perform(0, verify(0x10_0000n));
    expect(rig.unit.translationRequests[0]?.noWrite).toBe(true);
    rig.unit.map({ pasid: 5, iova: 0x10_1000n, to: 0x4_0000n });
    rig.perform(0, fill(0x10_1000n));
    expect(rig.unit.translationRequests[1]?.noWrite).toBe(false);
  });

  it("honours the size of a translation", () => {
    rig.unit.map({ pasid: 5, iova: 0x4000_0000n, to: 0n, size: MIB2 });
    rig.perform(0, fill(0x4000_0000n + 0x4_5000n));
    rig.perform(0, fill(0x4000_0000n + 0x8_0000n));
    expect(rig.counter("translationRequests")).toBe(1);
    expect(rig.unit.translatedRequests.map(({ address }) => address)).toEqual([
      0x4_5000n,
      0x8_0000n,
    ]);
    rig.write(reg.tlbIndex, 0);
    expect(rig.read(reg.tlbInfo)).toBe(0b100_0111 | (21 << 8));
    expect(rig.read64(reg.tlbIova)).toBe(0x4000_0000n);
    expect(rig.read64(reg.tlbAddress)).toBe(0n);
    expect(rig.read(reg.tlbPasid)).toBe(5);
    rig.write(reg.tlbIndex, 1);
    expect(rig.read(reg.tlbInfo)).toBe(0);
  });

  it("sends untranslated requests where the completion says so (U)", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n, untranslatedOnly: true });
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.ok);
    expect(rig.unit.translatedRequests).toEqual([]);
    expect(rig.unit.requests).toContainEqual(expect.objectContaining({ address: 0x10_0000n }));
    rig.perform(0, fill(0x10_0000n));
    expect(rig.counter("translationRequests")).toBe(1);
  });

  it("asks again for a page whose entry lacks the permission", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n, write: false });
    expect(rig.perform(0, verify(0x10_0000n)).code).toBe(statusCode.ok);
    expect(rig.perform(0, fill(0x10_0008n))).toEqual({
      code: statusCode.noPermission,
      bytes: 0,
      result: 0x10_0008n,
    });
    rig.unit.unmap(0x10_0000n);
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    expect(rig.perform(0, fill(0x10_0008n)).code).toBe(statusCode.ok);
    expect(rig.counter("tlbUsed")).toBe(1);
  });

  it("does not keep a completion without permission", () => {
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.noPermission);
    expect(rig.counter("tlbUsed")).toBe(0);
  });

  it("tells PASIDs, requests without PASID and privilege apart", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    rig.unit.map({ pasid: 6, iova: 0x10_0000n, to: 0x5_0000n });
    rig.unit.map({ iova: 0x10_0000n, to: 0x6_0000n });
    rig.enableQueue(1, { pasid: 6 });
    rig.enableQueue(2);
    rig.enableQueue(3, { pasid: 5, control: queueControl.privileged });
    for (let n = 0; n < 4; n++) rig.perform(n, fill(0x10_0000n));
    expect(rig.counter("translationRequests")).toBe(4);
    expect(rig.unit.translatedRequests.map(({ address }) => address)).toEqual([
      0x4_0000n,
      0x5_0000n,
      0x6_0000n,
      0x4_0000n,
    ]);
    expect(rig.unit.translationRequests[3]?.privileged).toBe(true);
  });

  it("serves every PASID from a global translation", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n, global: true });
    rig.enableQueue(1, { pasid: 6 });
    rig.enableQueue(2);
    rig.perform(0, fill(0x10_0000n));
    expect(rig.perform(1, fill(0x10_0000n)).code).toBe(statusCode.ok);
    expect(rig.perform(2, fill(0x10_0000n)).code).toBe(statusCode.noPermission);
  });

  it("needs execute permission for a source that is read as code", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    const flags = USE_ATS | descriptorFlag.execute;
    expect(rig.perform(0, verify(0x10_0000n, 8, flags)).code).toBe(statusCode.noPermission);
    expect(rig.unit.translationRequests[0]?.execute).toBe(true);
    rig.unit.map({ pasid: 5, iova: 0x10_1000n, to: 0x4_0000n, execute: true });
    expect(rig.perform(0, verify(0x10_1000n, 8, flags)).code).toBe(statusCode.ok);
    expect(rig.counter("translatedRequests")).toBe(1);
  });

  it("replaces entries in turn when it is full", () => {
    rig = new Rig({ tlbEntries: 2 });
    rig.enableAts();
    rig.enableQueue(0);
    for (let i = 0n; i < 3n; i++) rig.unit.map({ iova: 0x10_0000n + i * 4096n, to: 0x4_0000n });
    for (const page of [0n, 1n, 2n]) rig.perform(0, fill(0x10_0000n + page * 4096n));
    expect(rig.counter("tlbEvictions")).toBe(1);
    expect(rig.counter("tlbUsed")).toBe(2);
    rig.perform(0, fill(0x10_1000n));
    expect(rig.counter("tlbHits")).toBe(1);
    rig.perform(0, fill(0x10_0000n));
    expect(rig.counter("translationRequests")).toBe(4);
  });

  it("of one entry lets several queues make progress", () => {
    rig = new Rig({ tlbEntries: 1 });
    rig.enableAts();
    for (let n = 0; n < 4; n++) {
      rig.enableQueue(n);
      rig.unit.map({ iova: BigInt(0x10_0000 + n * 8192), to: 0x4_0000n, size: 8192 });
      rig.submit(n, fill(BigInt(0x10_0000 + n * 8192), 8192));
    }
    rig.runUntil(() => [0, 1, 2, 3].every((n) => rig.result(n, 0)?.code === statusCode.ok), 100);
  });

  it("is emptied by FLUSH_TLB, and when ATS is switched off or on", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    rig.perform(0, fill(0x10_0000n));
    rig.write(reg.control, control.flushTlb);
    expect(rig.counter("tlbUsed")).toBe(0);
    rig.perform(0, fill(0x10_0000n));
    rig.bus.config.write16(BDF, capabilityAt.ats + 6, 0);
    expect(rig.counter("tlbUsed")).toBe(0);
  });

  it("asks no more after UR, until ATS has been switched off and on", () => {
    rig.unit.refuseTranslations = "UR";
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    expect(rig.perform(0, fill(0x10_0004n))).toEqual({
      code: statusCode.translationUr,
      bytes: 0,
      result: 0x10_0004n,
    });
    expect(rig.read(reg.status) & deviceStatus.atsGaveUp).not.toBe(0);
    expect(rig.perform(0, fill(0x10_0004n)).code).toBe(statusCode.ok);
    expect(rig.counter("translationRequests")).toBe(1);
    rig.unit.refuseTranslations = undefined;
    rig.bus.config.write16(BDF, capabilityAt.ats + 6, 0);
    rig.enableAts();
    expect(rig.read(reg.status) & deviceStatus.atsGaveUp).toBe(0);
    rig.perform(0, fill(0x10_0004n));
    expect(rig.counter("translationRequests")).toBe(2);
  });

  it("goes on asking after CA", () => {
    rig.unit.refuseTranslations = "CA";
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.translationCa);
    rig.unit.refuseTranslations = undefined;
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.ok);
  });
});

describe("Invalidate Requests", () => {
  const ALL = 0x7fff_ffff_ffff_f000n;

  beforeEach(() => {
    for (const [iova, pasid] of [
      [0x10_0000n, 5],
      [0x10_1000n, 5],
      [0x10_0000n, 6],
    ] as const) {
      rig.unit.map({ pasid, iova, to: 0x4_0000n });
    }
    rig.unit.map({ iova: 0x10_0000n, to: 0x4_0000n });
    rig.enableQueue(1, { pasid: 6 });
    rig.enableQueue(2);
    rig.perform(0, fill(0x10_0000n));
    rig.perform(0, fill(0x10_1000n));
    rig.perform(1, fill(0x10_0000n));
    rig.perform(2, fill(0x10_0000n));
    expect(rig.counter("tlbUsed")).toBe(4);
  });

  it("drop the pages that they name and are answered in a later tick", () => {
    rig.invalidate(7, 0x10_0000n, { pasid: 5 });
    expect(rig.counter("tlbUsed")).toBe(3);
    expect(rig.unit.completions).toEqual([]);
    expect(rig.read(reg.invalidationsPending)).toBe(1);
    expect(rig.read(reg.status) & deviceStatus.invalidationsPending).not.toBe(0);
    rig.run(1);
    expect(rig.unit.completions).toEqual([{ sourceId: BDF, itag: 7 }]);
    expect(rig.read(reg.invalidationsPending)).toBe(0);
    rig.perform(0, fill(0x10_1000n));
    expect(rig.counter("translationRequests")).toBe(4);
    rig.perform(0, fill(0x10_0000n));
    expect(rig.counter("translationRequests")).toBe(5);
  });

  it("name ranges by the size coded in the address", () => {
    rig.invalidate(0, 0x10_0000n, { pasid: 5, sizeBit: true });
    expect(rig.counter("tlbUsed")).toBe(2);
  });

  it("without PASID name only what was asked without PASID", () => {
    rig.invalidate(0, ALL, { sizeBit: true });
    expect(rig.counter("tlbUsed")).toBe(3);
    rig.perform(2, fill(0x10_0000n));
    expect(rig.counter("translationRequests")).toBe(5);
  });

  it("with Global Invalidate name all PASIDs", () => {
    rig.invalidate(0, ALL, { pasid: 5, sizeBit: true, global: true });
    expect(rig.counter("tlbUsed")).toBe(1);
    rig.perform(2, fill(0x10_0000n));
    expect(rig.counter("translationRequests")).toBe(4);
  });

  it("are not answered before the request that uses the entry has ended", () => {
    rig.submit(0, fill(0x10_0000n, 4096));
    rig.runUntil(() => rig.state(0) === queueState.transferring);
    rig.invalidate(3, 0x10_0000n, { pasid: 5 });
    rig.invalidate(4, 0x10_1000n, { pasid: 5 });
    rig.run(1);
    expect(rig.unit.completions.map(({ itag }) => itag)).toEqual([4]);
    rig.run(1);
    expect(rig.unit.completions.map(({ itag }) => itag)).toEqual([4, 3]);
  });

  it("wait for every request that uses the entry, also of two queues", () => {
    rig.enableQueue(3, { pasid: 5 });
    rig.submit(3, fill(0x10_0000n, 4096));
    rig.run(1);
    rig.submit(0, fill(0x10_0000n, 4096));
    rig.runUntil(() => rig.state(3) === queueState.transferring);
    rig.run(1);
    expect([0, 3].map((n) => rig.queue(n, "status") & 0x20)).toEqual([0x20, 0]);
    rig.invalidate(3, 0x10_0000n, { pasid: 5 });
    rig.run(1);
    expect(rig.unit.completions).toEqual([]);
    rig.run(1);
    expect(rig.unit.completions).toHaveLength(1);
  });

  it("wait also for a request whose entry has been replaced meanwhile", () => {
    rig.submit(0, fill(0x10_0000n, 4096));
    rig.runUntil(() => rig.state(0) === queueState.transferring);
    rig.write(reg.control, control.flushTlb);
    rig.invalidate(3, 0x10_0000n, { pasid: 5 });
    rig.run(1);
    expect(rig.unit.completions).toEqual([]);
    rig.run(1);
    expect(rig.unit.completions).toHaveLength(1);
  });

  it("are not answered while ATS is disabled", () => {
    rig.bus.config.write16(BDF, capabilityAt.ats + 6, 0);
    rig.invalidate(3, ALL, { sizeBit: true });
    rig.run(5);
    expect(rig.unit.completions).toEqual([]);
    expect(rig.counter("invalidationsReceived")).toBe(1);
    expect(rig.counter("invalidationsAnswered")).toBe(0);
  });

  it("are answered without bus mastering: a completion is a message", () => {
    rig.bus.config.write16(BDF, 4, 2);
    rig.invalidate(3, 0n);
    rig.run(1);
    expect(rig.unit.completions).toHaveLength(1);
  });

  it("meet bad manners: entries that stay, answers that never come", () => {
    rig.write(reg.manners, manner.staleTlb);
    rig.unit.unmap(0x10_0000n);
    rig.invalidate(1, ALL, { pasid: 5, sizeBit: true });
    rig.run(1);
    expect(rig.unit.completions).toHaveLength(1);
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.ok);
    expect(rig.unit.translatedRequests.at(-1)?.address).toBe(0x4_0000n);
    rig.write(reg.manners, manner.noInvalidateAnswer);
    rig.invalidate(2, ALL, { pasid: 5, sizeBit: true });
    rig.write(reg.manners, 0);
    rig.run(10);
    expect(rig.unit.completions).toHaveLength(1);
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.noPermission);
  });

  it("can be completed without having been sent", () => {
    rig.write(reg.spuriousCompletion, 0x3f);
    expect(rig.unit.completions).toEqual([{ sourceId: BDF, itag: 31 }]);
  });
});

describe("the range of an Invalidate Request (§10.3 of ATS: size code)", () => {
  it.each([
    [0x1234_5000n, false, 0x1234_5000n, 4096n],
    [0x1234_4000n, true, 0x1234_4000n, 8192n],
    [0x1234_5000n, true, 0x1234_4000n, 16384n],
    [0x400f_f000n, true, 0x4000_0000n, 2n ** 21n],
    [0x7fff_ffff_ffff_f000n, true, 0n, 2n ** 64n],
    [0xffff_ffff_ffff_f000n, true, 0n, 2n ** 64n],
  ])("of %s with S %s starts at %s and has %s bytes", (address, sizeBit, start, size) => {
    expect(invalidationRange({ address, sizeBit })).toEqual({ start, size });
  });
});

describe("translated requests with bad manners", () => {
  it("ignore the permissions of the translation", () => {
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n, write: false });
    rig.write(reg.manners, manner.ignorePermission);
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.ok);
    expect(rig.unit.translatedRequests).toMatchObject([{ access: "write", address: 0x4_0000n }]);
    expect(rig.perform(0, fill(0x20_0000n)).code).toBe(statusCode.noPermission);
  });

  it("are forged from untranslated addresses", () => {
    rig.write(reg.manners, manner.forgeTranslated);
    expect(rig.perform(0, fill(0x5_0000n)).code).toBe(statusCode.ok);
    expect(rig.unit.translationRequests).toEqual([]);
    expect(rig.unit.translatedRequests).toMatchObject([{ address: 0x5_0000n }]);
    expect(rig.memory.read8(0x5_0000n)).toBe(0x77);
  });

  it("are sent though ATS is disabled", () => {
    rig.bus.config.write16(BDF, capabilityAt.ats + 6, 0);
    rig.write(reg.manners, manner.ignoreEnables);
    rig.unit.map({ pasid: 5, iova: 0x10_0000n, to: 0x4_0000n });
    expect(rig.perform(0, fill(0x10_0000n)).code).toBe(statusCode.ok);
    expect(rig.counter("translatedRequests")).toBe(1);
  });
});
