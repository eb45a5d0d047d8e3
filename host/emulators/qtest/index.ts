/** viommu/qtest: QEMU's test protocol, both sides: the built-in machine as a server, and a client for QEMU. */
export type { ChannelEnd } from "./channel.js";
export { OptionError } from "./command-error.js";
export { Q35, type Q35Options } from "./q35.js";
export { deviceHelp, deviceNames, q35Devices, type Q35Devices } from "./q35-devices.js";
export { QtestServer, type QtestServerOptions } from "./server.js";
export {
  parseSystemArguments,
  SYSTEM_OPTIONS,
  type SystemArguments,
  type SystemQuestion,
} from "./system-arguments.js";
export { QtestClient, type QtestClientOptions, type QtestInterrupt } from "./client.js";
export { EduDriver } from "./edu-driver.js";
export { PciAccess, type FoundFunction } from "./pci-access.js";
export { QtestClientError, QtestRefusal } from "./qtest-client-error.js";
export { TestdevDriver } from "./testdev-driver.js";
export { startQemu, type StartedQemu, type StartQemuOptions } from "./start-qemu.js";
