import type { Scenario } from "../explore/index.js";
import { dirtyScan } from "./dirty-scan.js";
import { containerUnset } from "./container-unset.js";
import { groupAgainstCdev } from "./group-against-cdev.js";
import { faultCookies } from "./fault-cookies.js";
import { faultFileClose } from "./fault-file-close.js";
import { faultQueueTeardown } from "./fault-queue-teardown.js";
import { hotRemoval } from "./hot-removal.js";
import { nestedReplace } from "./nested-replace.js";
import { overflowDuringDrain } from "./overflow-during-drain.js";
import { prqReportAgainstRemoval } from "./prq-report-against-removal.js";
import { responseAgainstRemoval } from "./response-against-removal.js";
import { ridDetachOrder } from "./rid-detach-order.js";
import { siblingBind } from "./sibling-bind.js";
import { svaUnbind } from "./sva-unbind.js";
import { tableInstall } from "./table-install.js";
import { tableScan } from "./table-scan.js";
import { vfioNotifier } from "./vfio-notifier.js";
import { vfioUnplug } from "./vfio-unplug.js";

/** The scenarios that `viommu explore` knows. */
export const scenarios: readonly Scenario[] = [
  responseAgainstRemoval,
  prqReportAgainstRemoval,
  svaUnbind,
  hotRemoval,
  ridDetachOrder,
  nestedReplace,
  overflowDuringDrain,
  tableInstall,
  tableScan,
  dirtyScan,
  vfioNotifier,
  containerUnset,
  siblingBind,
  groupAgainstCdev,
  vfioUnplug,
  faultCookies,
  faultQueueTeardown,
  faultFileClose,
];

export { AtsDmaDevice, type AtsDmaDeviceOptions } from "./ats-dma-device.js";
export { DataPages, DmaDevice, type DmaDeviceOptions, type DmaInFlight } from "./dma-device.js";
export {
  containerCensus,
  type ContainerCall,
  type ContainerCensus,
  type ContainerOutcome,
} from "./container-unset.js";
export {
  notifierActions,
  proveNotifier,
  type MetState,
  type NotifierProof,
} from "./notifier-proof.js";
export { PageDevice, type PageDeviceOptions } from "./page-device.js";
export {
  makeTableWorld,
  prepareTables,
  TableRun,
  type AttachedDma,
  type TableRunOptions,
  type TableWorld,
} from "./table-world.js";
export {
  makeUnitWorld,
  prepareUnit,
  UnitRun,
  type PluggedDevice,
  type UnitRunOptions,
  type UnitWorld,
  type UnitWorldOptions,
} from "./unit-world.js";
export { IommufdWorld, type AttachedQueue, type IommufdWorldOptions } from "./iommufd-world.js";
export {
  dirtyScan,
  containerUnset,
  groupAgainstCdev,
  faultCookies,
  faultFileClose,
  faultQueueTeardown,
  hotRemoval,
  nestedReplace,
  overflowDuringDrain,
  prqReportAgainstRemoval,
  responseAgainstRemoval,
  ridDetachOrder,
  siblingBind,
  svaUnbind,
  tableInstall,
  tableScan,
  vfioNotifier,
  vfioUnplug,
};
