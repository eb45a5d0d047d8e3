import { addCapabilities } from "../../../host/pci/capability.js";
import { ConfigSpace } from "../../../host/pci/config-space.js";
import { priCapability } from "../../../host/pci/pri-capability.js";
import { beforeAll, describe, expect, it } from "vitest";
import {
  Kernel,
  prepareUnit,
  UnitRun,
  vtd,
  type Fault,
  type Group,
  type UnitRunOptions,
  type UnitWorld,
} from "../../../host/driver/index.js";
import { complete } from "./complete.js";

const SOURCE_ID = 0x10;
const PASID = 5;
const CANONICAL = 0x1000n;

let world: UnitWorld;
beforeAll(async () => {
  world = await prepareUnit();
});

/** A device with PASID 5 attached to a handler that keeps the groups; `attached: false`: to none. */
function start(options: UnitRunOptions & { readonly attached?: boolean } = {}) {
  const { attached = true, ...rest } = options;
  const kernel = new Kernel();
  const run = new UnitRun(kernel, world, rest);
  const groups: Group[] = [];
  const plugged = run.plug({
    name: "device",
    sourceId: SOURCE_ID,
    answersPartials: options.behaviour === "strictLinux72",
  });
  const device = complete(kernel, () => run.discover(plugged))!;
  const domain: vtd.VtdDomain = {
    name: "keeps",
    entry: { kind: "pass-through", domain: 1 },
    // eslint-disable-next-line require-yield -- a handler without steps
    *iopfHandler(group) {
      groups.push(group);
      return true;
    },
  };
  const bare: vtd.VtdDomain = { name: "bare", entry: domain.entry };
  const handle = kernel.heap.make("attach_handle", { domain: attached ? domain : bare });
  complete(kernel, () => vtd.attach(run.unit, device, handle, PASID));
  const ask = (fault: Partial<Fault>) =>
    complete(kernel, () =>
      plugged.ask({
        ...{ pasid: PASID, grpid: 1, last: true, address: CANONICAL, read: true, write: false },
        ...fault,
      }),
    );
  const codes = () => plugged.received.map(({ code }) => code);
  return { kernel, run, plugged, device, groups, ask, codes, faultable: domain };
}

describe("the page request thread", () => {
  it("gives a group to the handler in the order of arrival", () => {
    const { ask, groups } = start();
    for (const page of [3n, 1n, 2n]) ask({ last: page === 2n, address: page << 12n });
    expect(groups).toHaveLength(1);
    expect(groups[0]!.partials.map(({ fault }) => fault.address)).toEqual([0x3000n, 0x1000n]);
    expect(groups[0]!.last).toMatchObject({ address: 0x2000n, pasid: PASID, grpid: 1 });
  });

  it("leaves the queue empty and PPR clear", () => {
    const { run, ask } = start();
    ask({});
    expect(run.iommu.read64(0xc0)).toBe(run.iommu.read64(0xc8));
    expect(run.iommu.read32(0xdc)).toBe(0);
  });

  it.each<[string, Partial<Fault>]>([
    ["an address that is not canonical", { address: 1n << 60n }],
    ["privileged with read", { privileged: true }],
    ["privileged with write", { privileged: true, read: false, write: true }],
    ["execute with read", { execute: true }],
  ])("answers Invalid Request to a last request with %s", (_name, fault) => {
    const { ask, codes, groups } = start();
    ask(fault);
    expect(codes()).toEqual([1]);
    expect(groups).toEqual([]);
  });

  it("does not answer a bad request that is not the last", () => {
    const { ask, codes, groups } = start();
    ask({ address: 1n << 60n, last: false });
    expect([codes(), groups]).toEqual([[], []]);
  });

  it("skips a stop marker, unless something else is wrong with it", () => {
    const { run, plugged, kernel, codes } = start();
    const marker = (address: bigint) => {
      run.iommu.requestPage({
        ...{ sourceId: SOURCE_ID, pasid: PASID, read: false, write: false, last: true, group: 0 },
        address,
      });
      complete(kernel, () =>
        plugged.ask({ grpid: 9, last: false, address: 0n, read: true, write: false }),
      );
    };
    marker(0n);
    expect(codes()).toEqual([]);
    expect(() => {
      marker(1n << 60n);
    }).toThrow("gets response 1 to group 0 of PASID 5");
  });

  it("answers Invalid Request to a last request whose source-id is unknown", () => {
    const { run, kernel, device, ask, codes } = start();
    complete(kernel, () => run.unit.devices.remove(device));
    ask({});
    expect(codes()).toEqual([1]);
  });

  it("answers Invalid Request where nobody handles the PASID", () => {
    const { ask, codes } = start({ attached: false });
    ask({});
    expect(codes()).toEqual([1]);
  });

  it("K, Q1: answers a request that is not the last only as Linux 7.2", () => {
    const fixed = start({ attached: false });
    fixed.ask({ last: false });
    expect(fixed.codes()).toEqual([]);
    const strict = start({ attached: false, behaviour: "strictLinux72" });
    strict.ask({ last: false });
    expect(strict.codes()).toEqual([1]);
  });

  it("takes PRO off when the queue is empty, and forgets what waits for a lost last request", () => {
    const { run, ask, codes, groups } = start();
    ask({ last: false, grpid: 7 });
    run.fillPageRequestQueue(0);
    ask({ grpid: 7 });
    // The unit answered Success itself: the request found the queue full.
    expect(codes()).toEqual([0]);
    expect(run.iommu.read32(0xdc) & 2).toBe(0);
    ask({ grpid: 7 });
    expect(groups.map(({ partials }) => partials.length)).toEqual([0]);
  });
});

describe("page responses", () => {
  it.each([
    ["fixed", [0, 1, 15]],
    ["strictLinux72", [0, 1, 2]],
  ] as const)("K, Q5: %s sends the codes %j", (behaviour, expected) => {
    const { kernel, run, ask, groups, codes } = start({ behaviour });
    for (const [grpid, code] of (["SUCCESS", "INVALID", "FAILURE"] as const).entries()) {
      ask({ grpid });
      complete(kernel, () => run.iopf.respond(groups[grpid]!, code));
    }
    expect(codes()).toEqual(expected);
  });
});

describe("devices", () => {
  it("B.5: come with PASID, ATS and PRI enabled, and leave with all of them off", () => {
    const { kernel, run, plugged, device, groups } = start({ attached: false });
    const state = () => [
      plugged.config.get(0x106, 2) >>> 15,
      plugged.config.get(0x114, 2) & 1,
      plugged.config.get(0x126, 2) & 1,
    ];
    expect(state()).toEqual([1, 1, 1]);
    complete(kernel, () => vtd.detach(run.unit, device, PASID));
    complete(kernel, () => vtd.release(run.unit, device));
    expect(state()).toEqual([0, 0, 0]);
    expect(groups).toEqual([]);
  });

  it("are refused with a source-id that is taken", () => {
    const { kernel, run, plugged } = start();
    kernel.panicOnWarning = false;
    expect(complete(kernel, () => run.discover(plugged))).toBeUndefined();
    expect(kernel.warnings).toEqual(["device has a source-id that is taken"]);
  });

  it.each([
    ["EBUSY", "does not stop when it is reset", 1 << 15],
    ["EINVAL", "would answer without PASID", 1 << 8],
  ])("B.5: %s: PRI is not enabled in a device that %s", (result, _name, status) => {
    const config = new ConfigSpace();
    addCapabilities(config, [priCapability(0x100, 32)]);
    config.set(0x106, 2, status);
    const kernel = new Kernel();
    const pci = new vtd.PciFunction(kernel, "device", config);
    expect(complete(kernel, () => pci.enablePri(true))).toBe(result);
    expect(config.get(0x104, 2) & 1).toBe(0);
  });

  it("without PRI have no faultable domains: ENODEV", () => {
    const { kernel, run, device, faultable } = start();
    device.info.priEnabled = false;
    const handle = { domain: faultable };
    expect(complete(kernel, () => vtd.attach(run.unit, device, handle, 6))).toBe("ENODEV");
  });

  it("have one domain a PASID: EBUSY", () => {
    const { kernel, run, device } = start();
    const domain: vtd.VtdDomain = { name: "x", entry: { kind: "pass-through", domain: 1 } };
    expect(complete(kernel, () => vtd.attach(run.unit, device, { domain }, PASID))).toBe("EBUSY");
  });

  it("B.6: ignore faults of a process that is gone, until the PASID is unbound", () => {
    const { kernel, run, device, ask, codes } = start();
    const { unit } = run;
    complete(kernel, () => vtd.tearDownEntry(unit, device, PASID, { faultIgnore: true }));
    const entry = unit.booted.tables.pasidEntry(SOURCE_ID, PASID);
    expect([entry.get("P"), entry.get("FPD")]).toEqual([0n, 1n]);
    ask({});
    expect(codes()).toEqual([1]);
    expect(run.iommu.read32(0x34) & 2).toBe(0);
    complete(kernel, () => vtd.detach(unit, device, PASID));
    expect(entry.read()).toEqual(new Array(8).fill(0n));
  });
});
