import { assertInvariant, type Routine } from "../../kernel/index.js";
import { pciStub, type HostDevice } from "../host-device.js";
import { getDevice, putDevice } from "../registered-device.js";
import type { Group } from "./group.js";

/**
 * Whether a user may have the group: no device of it has a driver that does DMA for the kernel. The order of the
 * tests is that of 2021: the unbound list, no driver, an allowed driver, a vfio device.
 */
export function* isViable(group: Group): Routine<boolean> {
  const { iommuGroup } = group;
  let before: readonly number[] | undefined;
  const viable = yield* iommuGroup.every(function* (device) {
    before ??= iommuGroup.devices.map(foreignBinding);
    return yield* isDeviceViable(group, device);
  });
  if (viable) assertViable(iommuGroup.devices, before ?? []);
  return viable;
}

export function* isDeviceViable(group: Group, device: HostDevice): Routine<boolean> {
  yield* group.unboundLock.lock();
  const isUnbound = group.unbound.some((entry) => entry.device === device);
  yield* group.unboundLock.unlock();
  if (isUnbound) return true;
  const driver = yield* device.driver.load();
  if (driver === undefined || driver.name === pciStub.name || device.isBridge) return true;
  const known = yield* getDevice(group, (other) => other === device);
  if (known === undefined) return false;
  yield* putDevice(known);
  return true;
}

const NOT_FOREIGN = -1;

/** Which binding of a driver of the kernel's own the device has. */
function foreignBinding({ driver, bindings, isBridge }: HostDevice): number {
  const isForeign = driver.value !== undefined && driver.value.managesDma !== true && !isBridge;
  return isForeign ? bindings : NOT_FOREIGN;
}

/** E-viability: no driver of the kernel's own was bound from the beginning of the test to its end. */
function assertViable(devices: readonly HostDevice[], before: readonly number[]): void {
  const wrong = devices.find((device, index) => {
    const binding = foreignBinding(device);
    return binding !== NOT_FOREIGN && binding === before[index];
  });
  assertInvariant(
    wrong === undefined,
    "E-viability",
    () =>
      `the group counts as viable, and ${wrong!.name} has the driver ${wrong!.driver.value!.name}`,
  );
}
