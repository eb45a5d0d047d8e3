import { FaultLoad } from "../driver/load/index.js";
import type { SingleCase } from "./single-cases.js";

/** Groups of one run. */
const GROUPS = 500;
const PASIDS = 16;
const MOST_DEVICES = 4096;

const cases = [
  { name: "groups", devices: 1, checks: false },
  { name: "groups-4096-devices", devices: MOST_DEVICES, checks: false },
  { name: "groups-checked", devices: 1, checks: true },
  { name: "groups-checked-4096-devices", devices: MOST_DEVICES, checks: true },
] as const;

export const driverCaseNames: readonly string[] = cases.map(({ name }) => name);

/** The fault path of the driver stub: groups from the endpoint to its retry. */
export async function driverCase(name: string): Promise<SingleCase> {
  const { devices, checks } = cases.find((each) => each.name === name)!;
  // With many devices one PASID each, so that probing them does not take longer than measuring.
  const pasids = devices === 1 ? PASIDS : 1;
  const load = await FaultLoad.create({ endpoints: devices, pasids, checks, groups: GROUPS });
  const many = devices === 1 ? "one device" : `${devices} devices`;
  return {
    name,
    title: `page request groups of ${many}, ${checks ? "with" : "without"} the explorer's checks`,
    operations: GROUPS,
    run: () => {
      load.run(GROUPS);
    },
    restore: () => {
      load.forgetPages();
    },
  };
}
