import { faultConditions } from "../spec/faults.js";
import { at } from "./layout.js";
/** What became of a fault, by RESULT_RECORD. 0 stands for no fault. */
export const recordings = [
    undefined,
    "recorded",
    "suppressed",
    "collapsed",
    "overflow",
    "not-logged",
];
const completions = [undefined, "UR", "CA"];
/** Statuses of assembly/answer.ts. */
export const status = {
    ok: 0,
    interrupt: 1,
    fault: 2,
    blocked: 3,
    accepted: 4,
    answered: 5,
    dropped: 6,
    posted: 7,
};
const whys = ["", "PRO", "queue-full", "translation-disabled", "PRS=0"];
const responseCodes = {
    0: "success",
    1: "invalid-request",
    15: "response-failure",
};
const UNTRANSLATED_ONLY = 1;
const NO_SNOOP = 2;
const PRIVILEGED = 4;
const REMAPPED = 1;
const NOTIFIED = 2;
const READ = 1;
const WRITE = 2;
/** Name of a packed fault condition (assembly/generated/faults.ts), as Table 30 has it. */
export function conditionName(packed) {
    return faultConditions[(packed >>> 24) - 1].condition;
}
/** Fault reason code of a packed fault condition. */
export function conditionReason(packed) {
    return packed & 0xff;
}
const place = (field) => at("RESULT") + at(`RESULT_${field}`);
/** Addresses of the fields of the result block, looked up once: every call reads some. */
const places = {
    STATUS: place("STATUS"),
    CONDITION: place("CONDITION"),
    COMPLETION: place("COMPLETION"),
    RECORD: place("RECORD"),
    ADDRESS: place("ADDRESS"),
    PAGE_SHIFT: place("PAGE_SHIFT"),
    PERMISSIONS: place("PERMISSIONS"),
    FLAGS: place("FLAGS"),
    TOKEN: place("TOKEN"),
    VALUE: place("VALUE"),
    PROCESSED: place("PROCESSED"),
    WHY: place("WHY"),
};
/** Reads the result block of the core's last call. */
export class Results {
    view;
    constructor(view) {
        this.view = view;
    }
    u32(field) {
        return this.view().getUint32(places[field], true);
    }
    u64(field) {
        return this.view().getBigUint64(places[field], true);
    }
    /** Bits 31:0 of the output address. */
    get addressLow() {
        return this.u32("ADDRESS");
    }
    /** Bits 63:32 of the output address. */
    get addressHigh() {
        return this.view().getUint32(places.ADDRESS + 4, true);
    }
    /** The output address, whole. */
    get output() {
        return this.u64("ADDRESS");
    }
    set output(address) {
        this.view().setBigUint64(places.ADDRESS, address, true);
    }
    /** RESULT_VALUE: a register's value, a deadline. */
    get value() {
        return this.u64("VALUE");
    }
    get token() {
        return this.u32("TOKEN");
    }
    get processed() {
        return this.u32("PROCESSED");
    }
    fault() {
        const condition = this.u32("CONDITION");
        return {
            status: "fault",
            condition: conditionName(condition),
            reason: conditionReason(condition),
            completion: completions[this.u32("COMPLETION")],
            record: recordings[this.u32("RECORD")],
        };
    }
    blocked() {
        return { status: "blocked", completion: completions[this.u32("COMPLETION")] };
    }
    /** The answer to an untranslated or a translated request. */
    translate() {
        const code = this.u32("STATUS");
        if (code === status.fault)
            return this.fault();
        if (code === status.blocked)
            return this.blocked();
        const address = this.u64("ADDRESS");
        if (code === status.interrupt)
            return { status: "interrupt", address };
        const permissions = this.u32("PERMISSIONS");
        return {
            status: "ok",
            address,
            pageSize: 2 ** this.u32("PAGE_SHIFT"),
            permissions: { read: (permissions & READ) !== 0, write: (permissions & WRITE) !== 0 },
        };
    }
    /** The answer to a translation request. */
    translation() {
        const code = this.u32("STATUS");
        if (code === status.fault)
            return this.fault();
        if (code === status.blocked)
            return this.blocked();
        const permissions = this.u32("PERMISSIONS");
        const flags = this.u32("FLAGS");
        const pageSize = 2 ** this.u32("PAGE_SHIFT");
        const condition = this.u32("CONDITION");
        const record = recordings[this.u32("RECORD")];
        return {
            status: "ok",
            read: (permissions & READ) !== 0,
            write: (permissions & WRITE) !== 0,
            untranslatedOnly: (flags & UNTRANSLATED_ONLY) !== 0,
            noSnoop: (flags & NO_SNOOP) !== 0,
            sizeBit: pageSize > 4096,
            privileged: (flags & PRIVILEGED) !== 0,
            execute: false,
            global: false,
            address: this.u64("ADDRESS"),
            pageSize,
            ...(condition !== 0 && { condition: conditionName(condition) }),
            ...(condition !== 0 && record !== undefined && { record }),
        };
    }
    /** What became of a page request. */
    pageRequest() {
        const code = this.u32("STATUS");
        if (code === status.accepted)
            return { status: "accepted" };
        const condition = this.u32("CONDITION");
        const record = recordings[this.u32("RECORD")];
        const why = condition !== 0 ? conditionName(condition) : whys[this.u32("WHY")];
        const fate = { why, ...(record !== undefined && { record }) };
        if (code === status.dropped)
            return { status: "dropped", ...fate };
        return { status: "answered", code: responseCodes[Number(this.value)], ...fate };
    }
    /** What became of an interrupt request. */
    interrupt() {
        const code = this.u32("STATUS");
        if (code === status.fault)
            return this.fault();
        const flags = this.u32("FLAGS");
        if (code === status.posted)
            return { status: "posted", notified: (flags & NOTIFIED) !== 0 };
        const remapped = (flags & REMAPPED) !== 0;
        return { status: "ok", address: this.u64("ADDRESS"), data: Number(this.value), remapped };
    }
}
