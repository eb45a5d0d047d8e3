import { acpiTable } from "./table.js";
import { TableWriter } from "./table-writer.js";
/** The table of memory-mapped configuration space, "MCFG". */
export function mcfgTable(regions) {
    const body = new TableWriter().zeros(8);
    for (const { base, segment = 0, firstBus = 0, lastBus = 255 } of regions) {
        if (firstBus > lastBus)
            throw new RangeError(`buses ${firstBus} to ${lastBus} are none`);
        body.u64(base).u16(segment).u8(firstBus).u8(lastBus).u32(0);
    }
    return acpiTable("MCFG", 1, body.finish());
}
