import { operation } from "../../../host/devices/dma-engine/registers.js";
import { ASK, Rig, type TestDescriptor } from "./rig.js";

export const PASID = 5;
export const IOVA = 0x10_0000n;

/** A rig whose queue 0 asks for the pages of a PASID. */
export class PageRequestRig extends Rig {
  constructor() {
    super();
    this.enableAts();
    this.enablePasid();
    this.enablePri();
    this.enableQueue(0, { pasid: PASID });
  }

  mapRequested(): void {
    for (const { address, pasid } of this.unit.pageRequests) {
      const to = 0x4_0000n + (address - IOVA);
      if (pasid !== undefined) this.unit.map({ pasid, iova: address, to });
    }
  }
}

/** A descriptor that writes whole pages. */
export function fill(pages: number, destination = IOVA, flags = ASK): TestDescriptor {
  const pattern = 0x1122_3344_5566_7788n;
  return { op: operation.fill, flags, destination, length: pages * 4096, pattern };
}
