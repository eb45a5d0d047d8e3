import { vtd, type Routine } from "../../../host/driver/index.js";

/** A device is found, and all is enabled that it can. */
export function* discover(...found: Parameters<typeof vtd.probe>): Routine<vtd.Device> {
  const device = yield* vtd.probe(...found);
  if (typeof device === "string") throw new Error(`${found[1].name}: ${device}`);
  yield* vtd.enableDevice(device);
  return device;
}
