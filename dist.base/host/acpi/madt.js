import { acpiTable } from "./table.js";
import { TableWriter } from "./table-writer.js";
const LOCAL_APIC = 0;
const IO_APIC = 1;
const SOURCE_OVERRIDE = 2;
const ENABLED = 1;
const ISA_BUS = 0;
/** The Multiple APIC Description Table, "APIC". */
export function madtTable(options = {}) {
    const { processors = [{ apicId: 0 }], ioApics = [], overrides = [] } = options;
    const { localApicAddress = 0xfee0_0000, legacyPics = true } = options;
    const body = new TableWriter().u32(localApicAddress).u32(legacyPics ? 1 : 0);
    processors.forEach(({ apicId }, index) => {
        body.u8(LOCAL_APIC).u8(8).u8(index).u8(apicId).u32(ENABLED);
    });
    for (const { id, address, firstInterrupt = 0 } of ioApics) {
        body.u8(IO_APIC).u8(12).u8(id).u8(0).u32(address).u32(firstInterrupt);
    }
    for (const { isaInterrupt, interrupt, flags = 0 } of overrides) {
        body.u8(SOURCE_OVERRIDE).u8(10).u8(ISA_BUS).u8(isaInterrupt).u32(interrupt).u16(flags);
    }
    return acpiTable("APIC", 3, body.finish());
}
