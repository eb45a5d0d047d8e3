import { dmarTable, type DeviceScope, type DmarUnit } from "../acpi/dmar.js";
import { madtTable } from "../acpi/madt.js";
import { mcfgTable, type EcamRegion } from "../acpi/mcfg.js";
import { hasAts } from "../pci/ats-capability.js";
import { PciBridge } from "../pci/bridge.js";
import { EndpointFunction, type PciFunction } from "../pci/function.js";
import type { Topology } from "../pci/topology.js";
import { isSamePath, pathTo, type SlotPath, type UnitScope } from "./unit-scope.js";

/** A unit as the tables tell of it. */
export interface DescribedUnit {
  readonly base: bigint;
  readonly hostAddressWidth: number;
  readonly scope: UnitScope;
}

export interface DescribedMachine {
  readonly units: readonly DescribedUnit[];
  readonly topology: Topology;
  readonly ecam: EcamRegion;
}

const IO_APIC = { id: 0, address: 0xfec0_0000 };

/** MADT, MCFG and, if there are units, DMAR of a machine. */
export function describeMachine(machine: DescribedMachine): Uint8Array[] {
  const tables = [madtTable({ ioApics: [IO_APIC] }), mcfgTable([machine.ecam])];
  if (machine.units.length > 0) tables.push(dmar(machine));
  return tables;
}

function dmar({ units, topology }: DescribedMachine): Uint8Array {
  const integrated = topology.root.filter(
    (each) => each instanceof EndpointFunction && hasAts(each.config),
  );
  const hasPorts = topology.root.some((each) => each instanceof PciBridge);
  return dmarTable({
    hostAddressWidth: Math.max(...units.map(({ hostAddressWidth }) => hostAddressWidth)),
    units: units.map((unit) => describeUnit(unit, topology)),
    ...(hasPorts && { rootPorts: [{ allPorts: true }] }),
    ...(integrated.length > 0 && { integratedDevices: [{ scopes: integrated.map(scopeOf) }] }),
  });
}

function describeUnit({ base, scope }: DescribedUnit, topology: Topology): DmarUnit {
  if (scope === "all") return { base, includeAll: true };
  const bridges = topology.bridges().map(pathTo);
  const isBridge = (path: SlotPath) => bridges.some((each) => isSamePath(each, path));
  return {
    base,
    scopes: scope.map((path) => ({ kind: isBridge(path) ? "bridge" : "endpoint", path })),
  };
}

function scopeOf(target: PciFunction): DeviceScope {
  return { kind: target instanceof PciBridge ? "bridge" : "endpoint", path: pathTo(target) };
}
