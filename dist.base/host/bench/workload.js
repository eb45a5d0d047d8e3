import { at, BATCH_RECORDS } from "../core/layout.js";
import { GuestMemory } from "../memory/guest-memory.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../tables/index.js";
const MIB = 2 ** 20;
/** Root, context, PASID and upper page tables, with much to spare. */
const OTHER_TABLES = MIB;
const IOVA = 0x4000000000n;
const OUTPUT = 0x100000000n;
const REGION = 2 * MIB;
const TABLE = 4096;
const NO_PASID = 0xffff_ffff;
const WRITE = 1;
const ACCESS_BYTES = 64;
/** Builds what a case needs; the same each time. */
export function buildWorkload(benchCase) {
    const tables = Math.ceil((benchCase.pages * benchCase.stride) / REGION) * TABLE;
    const ramBytes = Math.ceil((tables + OTHER_TABLES) / MIB) * MIB;
    const memory = GuestMemory.create({ size: ramBytes });
    const frames = new FrameAllocator({ start: 0n, end: BigInt(ramBytes) });
    const scalable = ScalableTables.create({ memory, frames });
    const firstStage = new FirstStageTable({ memory, frames, accessed: true });
    mapPages(firstStage, benchCase);
    benchCase.requesters.forEach(({ sourceId, pasid = 0 }, index) => {
        scalable.context(sourceId, { paside: true, dte: true, pre: true });
        scalable.pasid(sourceId, pasid, { kind: "first-stage", firstStage, domain: index + 1 });
    });
    return {
        ramBytes,
        ram: memory.readBytes(0n, ramBytes),
        rootTableAddress: scalable.rootTableAddress,
        batches: requestStream(benchCase),
    };
}
function mapPages(table, { pages, stride }) {
    const flags = { accessed: true, dirty: true };
    if (stride === 4096) {
        table.map(IOVA, OUTPUT, { ...flags, count: pages });
        return;
    }
    for (let page = 0; page < pages; page++) {
        // Outputs in another order than inputs, so that an output tells which page it is.
        const output = OUTPUT + BigInt(page) * 4096n;
        table.map(IOVA + BigInt(page) * BigInt(stride), output, flags);
    }
}
/** The stream of a case: batches of records whose last two fields are still zero. */
function requestStream(benchCase) {
    const size = at("REQUEST_SIZE");
    const next = pageOrder(benchCase);
    return Array.from({ length: benchCase.batches }, () => {
        const batch = new Uint8Array(BATCH_RECORDS * size);
        const view = new DataView(batch.buffer);
        for (let record = 0; record < batch.length; record += size) {
            const { requester, page, random } = next();
            const { sourceId, pasid } = benchCase.requesters[requester];
            const address = IOVA + BigInt(page) * BigInt(benchCase.stride) + BigInt(random & 0xfc0);
            const access = ((random >>> 12) & WRITE) | (ACCESS_BYTES << 16);
            view.setBigUint64(record + at("REQUEST_ADDRESS"), address, true);
            view.setUint32(record + at("REQUEST_SOURCE_ID"), sourceId, true);
            view.setUint32(record + at("REQUEST_PASID"), pasid ?? NO_PASID, true);
            view.setUint32(record + at("REQUEST_ACCESS"), access, true);
        }
        return batch;
    });
}
/** Odd, so that every page comes once; and 2 MiB apart or more for every stride of the cases. */
const SCATTER = 20_011;
function pageOrder({ requesters, pages, order }) {
    let state = 1;
    const random = () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        // The low bits of such a generator repeat soon.
        return state >>> 8;
    };
    if (order === "random") {
        return () => ({
            requester: random() % requesters.length,
            page: random() % pages,
            random: random(),
        });
    }
    let index = 0;
    return () => {
        const requester = index % requesters.length;
        const page = (Math.floor(index / requesters.length) * SCATTER) % pages;
        index++;
        return { requester, page, random: random() };
    };
}
