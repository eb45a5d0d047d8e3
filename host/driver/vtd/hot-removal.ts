import type { Routine } from "../kernel/index.js";
import { detach } from "./attach.js";
import type { Device } from "./device.js";
import { release } from "./lifecycle.js";
import { putDevice } from "./lookup.js";
import type { TearDownOptions } from "./pasid-entry.js";
import type { VtdUnit } from "./unit.js";

/**
 * What hot removal consists of, in order; each step can be left out, to see what goes wrong then:
 * - "stop": the driver of the device lets it send no more page requests;
 * - "tear-down": the entries of its PASIDs are cleared, and the caches forget them;
 * - "ring", "flush", "hardware", "overflow": the parts of the drain ("hardware" with the device-TLB
 *   invalidation of the tear-down: either pushes page requests ahead of its completion);
 * - "stop-dma": bus mastering goes off.
 */
export type HotRemovalStep =
  "stop" | "tear-down" | "ring" | "flush" | "hardware" | "overflow" | "stop-dma";

export interface HotRemovalOptions {
  /** The driver of the device stops it. */
  readonly stop: () => Routine;
  /** The owners of what is attached give it up: they free their handles. */
  readonly unbind: () => Routine;
  readonly skip?: readonly HotRemovalStep[];
}

/** What detaching a PASID consists of, without the steps that are left out. */
export function tearDownWithout(skip: readonly HotRemovalStep[]): TearDownOptions | "none" {
  const keeps = (step: HotRemovalStep) => !skip.includes(step);
  if (!keeps("tear-down")) return "none";
  return {
    deviceTlb: keeps("hardware"),
    drain: {
      ring: keeps("ring"),
      flush: keeps("flush"),
      hardware: keeps("hardware"),
      overflow: keeps("overflow"),
    },
  };
}

/**
 * Removes a device: no more page requests, none left anywhere, no DMA, no owner, and then what the kernel
 * knows of it.
 */
export function* hotRemove(
  unit: VtdUnit,
  device: Device,
  { stop, unbind, skip = [] }: HotRemovalOptions,
): Routine {
  const keeps = (step: HotRemovalStep) => !skip.includes(step);
  const tearDown = tearDownWithout(skip);
  if (keeps("stop")) yield* stop();
  for (const pasid of [...device.info.domains.keys()]) {
    yield* detach(unit, device, pasid, { tearDown });
  }
  if (keeps("stop-dma")) yield* device.slot.pci.stopDma();
  yield* unbind();
  yield* release(unit, device);
  yield* unit.list.remove(device);
  yield* putDevice(unit.kernel, device);
}
