import { deviceNames, deviceProperties } from "../q35-devices.js";
import { QmpError } from "./qmp-error.js";

interface TypeInfo {
  readonly name: string;
  readonly parent: string;
}

const TYPES: readonly (TypeInfo & { readonly ancestors: readonly string[] })[] = [
  { name: "qtest-accel", parent: "accel", ancestors: [] },
  {
    name: "pc-q35-11.1-machine",
    parent: "generic-pc-machine",
    ancestors: ["x86-machine", "machine"],
  },
  { name: "none-machine", parent: "machine", ancestors: [] },
  ...deviceNames.map((name) =>
    name === "intel-iommu"
      ? { name, parent: "x86-iommu", ancestors: ["sys-bus-device", "device"] }
      : { name, parent: "pci-device", ancestors: ["device"] },
  ),
];

/** The machines, in the shape of query-machines. */
export const machineList: readonly object[] = [
  machine("none", { "hotpluggable-cpus": false, acpi: false, "cpu-max": 1 }),
  machine("pc-q35-11.1", { alias: "q35", "is-default": false, acpi: true, "cpu-max": 4096 }),
];

/** The processors, in the shape of query-cpu-definitions; none of them runs. */
export const cpuList: readonly object[] = [
  {
    name: "qemu64",
    typename: "qemu64-x86_64-cpu",
    "unavailable-features": [],
    static: false,
    "migration-safe": true,
    deprecated: false,
  },
];

function machine(name: string, more: object): object {
  return {
    name,
    "hotpluggable-cpus": false,
    "numa-mem-supported": false,
    deprecated: false,
    "default-ram-id": "pc.ram",
    ...more,
  };
}

/** qom-list-types: those that are, or come from, `implementing`. */
export function listTypes(implementing: string | undefined): TypeInfo[] {
  return TYPES.filter(
    ({ name, parent, ancestors }) =>
      implementing === undefined || [name, parent, ...ancestors].includes(implementing),
  ).map(({ name, parent }) => ({ name, parent }));
}

/** device-list-properties. @throws QmpError for a device that there is not. */
export function listProperties(typename: string): object[] {
  const shapes = deviceProperties(typename);
  if (shapes === undefined) {
    throw new QmpError("GenericError", `there is no device "${typename}"`);
  }
  return Object.entries(shapes).map(([name, { type, usual }]) => ({
    name,
    type,
    "default-value": typeof usual === "bigint" ? Number(usual) : usual,
  }));
}
