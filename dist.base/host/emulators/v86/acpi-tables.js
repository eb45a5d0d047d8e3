import { dmarTable, registerSizeLog2 } from "../../acpi/dmar.js";
import { madtTable } from "../../acpi/madt.js";
import { mcfgTable } from "../../acpi/mcfg.js";
import { BIOS_AREA, layOutAcpi } from "../../acpi/root-tables.js";
import { TableWriter } from "../../acpi/table-writer.js";
import { splitBdf } from "../../pci/topology.js";
const E820_RAM = 1;
const E820_RESERVED = 2;
/**
 * Tells the guest of the unit. Without a BIOS all tables are written to the BIOS area of guest RAM,
 * where a search for the RSDP finds them. SeaBIOS has tables of its own: it takes ours, and the
 * memory that is not RAM, through v86's firmware configuration files.
 */
export function describeMachine(cpu, memory, machine) {
    if (cpu.bios.main)
        addFirmwareFiles(cpu, memory, machine);
    else
        writeTables(memory, machine);
}
function writeTables(memory, machine) {
    const tables = [madt(), mcfg(machine), dmar(machine)];
    for (const { address, bytes } of layOutAcpi(tables, { at: BIOS_AREA.start })) {
        if (!memory.tryWriteBytes(address, bytes)) {
            throw new RangeError("the guest has no RAM in the BIOS area: it needs 1 MiB at least");
        }
    }
}
function addFirmwareFiles(cpu, memory, machine) {
    cpu.option_roms.push({ name: "acpi/dmar.bin", data: dmar(machine) }, { name: "acpi/mcfg.bin", data: mcfg(machine) }, { name: "etc/e820", data: e820(memory, machine) });
}
function dmar(machine) {
    const { hostAddressWidth, interruptRemapping, registerBase, registerBytes, functions } = machine;
    const base = BigInt(registerBase);
    const withAts = functions.filter(({ hasAts }) => hasAts).map(scopeOf);
    return dmarTable({
        hostAddressWidth,
        interruptRemapping,
        units: [{ base, sizeLog2: registerSizeLog2(registerBytes), scopes: functions.map(scopeOf) }],
        ...(withAts.length > 0 && { integratedDevices: [{ scopes: withAts }] }),
    });
}
function scopeOf({ bdf }) {
    return { kind: "endpoint", path: [splitBdf(bdf).slot] };
}
function mcfg({ ecam }) {
    const lastBus = ecam.size / 2 ** 20 - 1;
    return mcfgTable([{ base: BigInt(ecam.base), lastBus }]);
}
/** The interrupt controllers that v86 has with `acpi`; ISA interrupt n arrives at pin n, 0 too. */
function madt() {
    return madtTable({ ioApics: [{ id: 0, address: 0xfec0_0000 }] });
}
/** SeaBIOS reserves what is listed here, and takes RAM from here too. */
function e820(memory, { registerBase, registerBytes, ecam }) {
    const file = new TableWriter();
    const entry = (base, size, type) => {
        file.u64(BigInt(base)).u64(BigInt(size)).u32(type);
    };
    entry(0, memory.size, E820_RAM);
    entry(ecam.base, ecam.size, E820_RESERVED);
    entry(registerBase, registerBytes, E820_RESERVED);
    return file.finish();
}
