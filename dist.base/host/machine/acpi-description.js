import { madtTable } from "../acpi/madt.js";
import { mcfgTable } from "../acpi/mcfg.js";
import { describeUnits } from "./dmar-description.js";
import { ioApic } from "./io-apic.js";
/** MADT, MCFG and, if there are units, DMAR of a machine. */
export function describeMachine(machine) {
    const { id, address } = ioApic;
    const tables = [madtTable({ ioApics: [{ id, address }] }), mcfgTable([machine.ecam])];
    if (machine.units.length > 0)
        tables.push(describeUnits(machine));
    return tables;
}
