import { at, counterNames, outboxTypes } from "./layout.js";
import { conditionName, conditionReason, recordings } from "./results.js";
// Looked up once: the outbox is looked at after almost every call.
const OUTBOX_HEAD = at("LATCH") + at("LATCH_OUTBOX_HEAD");
const OUTBOX_TAIL = at("LATCH") + at("LATCH_OUTBOX_TAIL");
const NO_PASID = 0xffffffff;
const SIZE_BIT = 1;
const GLOBAL_BIT = 2;
/** Takes every message out of the core's outbox, oldest first. */
export function drainOutbox(core) {
    const { view } = core;
    const tail = view.getUint32(OUTBOX_TAIL, true);
    const messages = [];
    for (let index = view.getUint32(OUTBOX_HEAD, true); index !== tail; index = (index + 1) >>> 0) {
        const slot = index & (at("OUTBOX_COUNT") - 1);
        messages.push(readMessage(view, at("OUTBOX") + slot * at("OUTBOX_SIZE")));
    }
    view.setUint32(OUTBOX_HEAD, tail, true);
    return messages;
}
function readMessage(view, record) {
    const u32 = (field) => view.getUint32(record + at(`OUTBOX_${field}`), true);
    const u64 = (field) => view.getBigUint64(record + at(`OUTBOX_${field}`), true);
    const requester = () => ({
        sourceId: u32("SOURCE_ID"),
        pasid: u32("PASID") === NO_PASID ? undefined : u32("PASID"),
    });
    switch (u32("TYPE")) {
        case outboxTypes.INTERRUPT:
            return ["interrupt", { address: u64("ADDRESS"), data: Number(u64("VALUE")) }];
        case outboxTypes.PAGE_GROUP_RESPONSE:
            return [
                "pageGroupResponse",
                { ...requester(), group: u32("FLAGS"), code: Number(u64("VALUE")) },
            ];
        case outboxTypes.DEVICE_TLB_INVALIDATE:
            return [
                "deviceTlbInvalidate",
                {
                    ...requester(),
                    address: u64("ADDRESS"),
                    sizeBit: (u32("FLAGS") & SIZE_BIT) !== 0,
                    global: (u32("FLAGS") & GLOBAL_BIT) !== 0,
                    itag: Number(u64("VALUE")),
                },
            ];
        case outboxTypes.FAULT: {
            const condition = Number(u64("VALUE"));
            return [
                "fault",
                {
                    ...requester(),
                    address: u64("ADDRESS"),
                    condition: conditionName(condition),
                    reason: conditionReason(condition),
                    record: recordings[u32("FLAGS")],
                },
            ];
        }
        case outboxTypes.MEMORY_WRITE:
            return ["memoryWrite", { address: u64("ADDRESS"), length: Number(u64("VALUE")) }];
        case outboxTypes.DESCRIPTOR: {
            const words = ["ADDRESS", "VALUE", "EXTRA", "EXTRA_2"].map(u64);
            return ["trace", { kind: "descriptor", offset: u32("FLAGS"), words }];
        }
        case outboxTypes.PAGE_REQUEST: {
            const words = [u64("ADDRESS"), u64("VALUE")];
            return ["trace", { kind: "pageRequest", offset: u32("FLAGS"), words }];
        }
        case outboxTypes.FETCH: {
            const counter = counterNames[u32("SOURCE_ID")];
            const failed = u32("FLAGS") !== 0;
            const words = [u64("VALUE")];
            return ["explained", { source: "memory", counter, address: u64("ADDRESS"), words, failed }];
        }
        case outboxTypes.CACHE_HIT: {
            const counter = counterNames[u32("SOURCE_ID")];
            const words = ["ADDRESS", "VALUE", "EXTRA"].map(u64);
            return ["explained", { source: "cache", counter, address: 0n, words, failed: false }];
        }
        default:
            throw new Error(`the core sent a message of unknown type ${u32("TYPE")}`);
    }
}
