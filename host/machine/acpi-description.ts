import { dmarTable, type DeviceScope, type DmarUnit } from "../acpi/dmar.js";
import { madtTable } from "../acpi/madt.js";
import { mcfgTable, type EcamRegion } from "../acpi/mcfg.js";
import { hasAts } from "../pci/ats-capability.js";
import { EndpointFunction, PciBridge, type PciFunction } from "../pci/function.js";
import type { Topology } from "../pci/topology.js";

/** A unit as the tables tell of it. */
export interface DescribedUnit {
  readonly base: bigint;
  readonly hostAddressWidth: number;
  readonly scope: "all" | readonly number[];
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
  const functions = scope.flatMap((id) => topology.find(id) ?? []);
  return { base, scopes: functions.map(scopeOf) };
}

function scopeOf(target: PciFunction): DeviceScope {
  const path = [];
  for (let at: PciFunction | undefined = target; at; at = at.parent) path.unshift(at.slot);
  return { kind: target instanceof PciBridge ? "bridge" : "endpoint", path };
}
