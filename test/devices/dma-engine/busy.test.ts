import { beforeEach, describe, expect, it } from "vitest";

import {
  manner,
  operation,
  queueControl,
  queueState,
  reg,
} from "../../../host/devices/dma-engine/registers.js";
import { fill, IOVA, PageRequestRig, PASID } from "./page-request-rig.js";
import { BDF } from "./rig.js";

let rig: PageRequestRig;

beforeEach(() => {
  rig = new PageRequestRig();
  rig.enableQueue(1, { pasid: PASID });
});

const isBusy = (): boolean => rig.bus.endpoint(BDF)?.endpoint.busy === true;

/** Everything that a tick could change. */
function visible(): unknown {
  const { unit, interrupts } = rig;
  const registers = Array.from({ length: 0x40 }, (_, index) => rig.read(4 * index));
  const sent = [unit.requests, unit.translationRequests, unit.pageRequests, unit.completions];
  return [registers, rig.state(0), rig.state(1), sent.map((log) => log.length), interrupts.length];
}

/** Ticks while the engine is busy, and checks that more of them change nothing. */
function comeToRest(): void {
  for (let ticks = 0; isBusy(); ticks++) {
    if (ticks > 5000) throw new Error("the engine never comes to rest");
    rig.run(1);
  }
  const before = visible();
  rig.run(50);
  expect(visible()).toEqual(before);
  expect(isBusy()).toBe(false);
}

describe("an engine says whether ticks get something done", () => {
  it("no when it has nothing to do", () => {
    comeToRest();
  });

  it("yes from the doorbell to the result", () => {
    comeToRest();
    const index = rig.submit(0, { op: operation.nop });
    expect(isBusy()).toBe(true);
    comeToRest();
    expect(rig.result(0, index)?.code).toBe(0);
  });

  it("no while it waits for a page group response, yes after it", () => {
    const index = rig.submit(0, fill(2));
    comeToRest();
    expect(rig.state(0)).toBe(queueState.waitingResponse);
    rig.mapRequested();
    rig.respond(0, 0, PASID);
    expect(isBusy()).toBe(true);
    comeToRest();
    expect(rig.result(0, index)?.code).toBe(0);
  });

  it("yes while it lets the delay before a retry pass", () => {
    rig.write(reg.retryDelay, 200);
    const index = rig.submit(0, fill(1));
    comeToRest();
    rig.mapRequested();
    rig.respond(0, 0, PASID);
    comeToRest();
    expect(rig.result(0, index)?.code).toBe(0);
  });

  it("no while it waits for credits that another queue holds", () => {
    rig.enablePri(4);
    rig.submit(0, fill(4));
    rig.submit(1, fill(4));
    comeToRest();
    expect([rig.state(0), rig.state(1)]).toContain(queueState.waitingCredits);
  });

  it("no without bus mastering, yes when it is given back", () => {
    rig.bus.config.write16(BDF, 4, 2);
    const index = rig.submit(0, { op: operation.nop });
    comeToRest();
    expect(rig.result(0, index)).toBeUndefined();
    rig.bus.config.write16(BDF, 4, 6);
    expect(isBusy()).toBe(true);
    comeToRest();
    expect(rig.result(0, index)?.code).toBe(0);
  });

  it("yes until an Invalidate Request is answered, no when bad manners keep it from that", () => {
    rig.invalidate(3, IOVA, { pasid: PASID });
    expect(isBusy()).toBe(true);
    comeToRest();
    expect(rig.unit.completions).toEqual([{ sourceId: BDF, itag: 3 }]);
    rig.write(reg.manners, manner.noInvalidateAnswer);
    rig.invalidate(4, IOVA, { pasid: PASID });
    comeToRest();
    expect(rig.unit.completions).toHaveLength(1);
  });

  it.each([0, queueControl.stopMarker])(
    "no when a queue that is disabled drains (control %i)",
    (bits) => {
      rig.submit(0, fill(4));
      comeToRest();
      rig.writeQueue(0, "control", bits);
      comeToRest();
      if (bits === 0) {
        expect(rig.state(0)).toBe(queueState.draining);
        rig.respond(0, 0, PASID);
        comeToRest();
      }
      expect(rig.state(0)).toBe(queueState.disabled);
    },
  );

  it("no when a queue has halted", () => {
    rig.unit.unmap(0x1_0000n);
    rig.submit(0, { op: operation.nop });
    comeToRest();
    expect(rig.state(0)).toBe(queueState.halted);
  });
});
