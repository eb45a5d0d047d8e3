import { expect, it } from "vitest";
import { QueuedUnit } from "../queues/queued-unit.js";
import { DEVICE, outputOf, ScalableWorld } from "../queues/worlds.js";

const PASID = 1;
const INTERRUPTS = 0xfee0_0000n;

it("VTD-4.2.3, choice R5: pass-through gives no permission in FEEx, whatever larger page is cached", async () => {
  const unit = await QueuedUnit.create({ preset: "full" });
  const world = new ScalableWorld(unit);
  world.pasid(0, { kind: "pass-through", domain: 2 });
  world.pasid(PASID, { kind: "pass-through", domain: 1 });
  world.start();
  for (const pasid of [undefined, PASID]) {
    const ask = () =>
      unit.iommu.requestTranslation({ sourceId: DEVICE, pasid, address: INTERRUPTS });
    const fresh = ask();
    expect(fresh).toMatchObject({ status: "ok", read: false });
    // 1 GiB around it.
    expect(outputOf(unit, DEVICE, 0xc000_0000n, pasid)).toBe(0xc000_0000n);
    expect(ask()).toEqual(fresh);
  }
});
