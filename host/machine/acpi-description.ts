import { madtTable } from "../acpi/madt.js";
import { mcfgTable, type EcamRegion } from "../acpi/mcfg.js";
import { describeUnits, type DescribedUnits } from "./dmar-description.js";
import { ioApic } from "./io-apic.js";

export interface DescribedMachine extends DescribedUnits {
  readonly ecam: EcamRegion;
}

/** MADT, MCFG and, if there are units, DMAR of a machine. */
export function describeMachine(machine: DescribedMachine): Uint8Array[] {
  const { id, address } = ioApic;
  const tables = [madtTable({ ioApics: [{ id, address }] }), mcfgTable([machine.ecam])];
  if (machine.units.length > 0) tables.push(describeUnits(machine));
  return tables;
}
