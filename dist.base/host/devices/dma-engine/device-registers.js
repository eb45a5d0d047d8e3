import { control, DEVICE_ID, DEVICE_VERSION, deviceStatus, MAX_GROUP_PAGES, reg, } from "./registers.js";
const COUNTERS_32 = [
    "translationRequests",
    "tlbHits",
    "tlbEvictions",
    "pageRequestsSent",
    "responsesSuccess",
    "responsesInvalid",
    "responsesFailure",
    "stopMarkersSent",
    "unexpectedResponses",
    "invalidationsReceived",
    "invalidationsAnswered",
    "interruptsSent",
    "translatedRequests",
    "untranslatedRequests",
];
/** Defines the registers of the device as a whole. */
export function defineDeviceRegisters(bank, engine, sizes) {
    const { counters, pri, tlb } = engine.context;
    const caps = sizes.queues | (MAX_GROUP_PAGES << 8) | (sizes.tlbEntries << 16);
    bank.define(reg.id, () => DEVICE_ID);
    bank.define(reg.version, () => DEVICE_VERSION);
    bank.define(reg.caps, () => caps);
    bank.define(reg.status, () => statusOf(engine));
    bank.define(reg.creditsUsed, () => pri.requestsOutstanding);
    bank.define(reg.groupsOutstanding, () => pri.groupsOutstanding);
    bank.define(reg.invalidationsPending, () => engine.invalidations.pending);
    bank.define(reg.tlbUsed, () => tlb.used);
    for (const name of COUNTERS_32)
        bank.define(reg[name], () => counters[name]);
    bank.define64(reg.bytesRead, () => BigInt.asUintN(64, counters.bytesRead));
    bank.define64(reg.bytesWritten, () => BigInt.asUintN(64, counters.bytesWritten));
    defineControls(bank, engine);
    defineSettings(bank, engine);
    defineTlbWindow(bank, engine);
}
function defineControls(bank, engine) {
    const { interrupts, dma, tlb } = engine.context;
    bank.define(reg.control, () => (interrupts.enabled ? control.interruptEnable : 0), (value) => {
        if (value & control.reset) {
            engine.reset();
            return;
        }
        if (value & control.flushTlb)
            tlb.clear();
        interrupts.setEnabled((value & control.interruptEnable) !== 0);
    });
    bank.define(reg.intrStatus, () => interrupts.status, (value) => {
        interrupts.clear(value);
    });
    bank.define(reg.intrMask, () => interrupts.mask, (value) => {
        interrupts.setMask(value);
    });
    bank.define(reg.spuriousCompletion, () => 0, (value) => {
        dma.completeInvalidation(value & 31);
    });
}
function defineSettings(bank, engine) {
    const { settings } = engine.context;
    bank.define(reg.scratch, () => engine.scratch, (value) => {
        engine.scratch = value;
    });
    bank.define(reg.manners, () => settings.manners, (value) => {
        settings.manners = value & 0xff;
    });
    bank.define(reg.groupSize, () => settings.groupSize, (value) => {
        settings.groupSize = Math.min(Math.max(value, 1), MAX_GROUP_PAGES);
    });
    bank.define(reg.retryLimit, () => settings.retryLimit, (value) => {
        settings.retryLimit = value;
    });
    bank.define(reg.retryDelay, () => settings.retryDelay, (value) => {
        settings.retryDelay = value;
    });
}
function defineTlbWindow(bank, engine) {
    const selected = () => engine.context.tlb.at(engine.tlbIndex);
    bank.define(reg.tlbIndex, () => engine.tlbIndex, (value) => {
        engine.tlbIndex = value;
    });
    bank.define(reg.tlbInfo, () => infoOf(selected()));
    bank.define64(reg.tlbIova, () => selected()?.start ?? 0n);
    bank.define64(reg.tlbAddress, () => selected()?.address ?? 0n);
    bank.define(reg.tlbPasid, () => selected()?.tag.pasid ?? 0);
}
function infoOf(entry) {
    if (!entry)
        return 0;
    const { read, write, untranslatedOnly, global, execute } = entry.completion;
    const { privileged, pasid } = entry.tag;
    const bits = [true, read, write, untranslatedOnly, privileged, global, pasid !== undefined];
    const flags = [...bits, execute].reduce((all, bit, index) => all | (bit ? 1 << index : 0), 0);
    return flags | (Math.log2(Number(entry.size)) << 8);
}
function statusOf(engine) {
    const { ats, pri, pasid, dma } = engine.context;
    const { busy, atsEnabled, priEnabled, pasidEnabled, busMaster, atsGaveUp } = deviceStatus;
    const conditions = [
        [busy, engine.queues.some((queue) => queue.busy)],
        [atsEnabled, ats.enabled],
        [priEnabled, engine.priControl.enabled],
        [pasidEnabled, pasid.enabled],
        [deviceStatus.pageRequestsOutstanding, pri.requestsOutstanding > 0],
        [deviceStatus.invalidationsPending, engine.invalidations.pending > 0],
        [deviceStatus.responseFailure, engine.priControl.responseFailure],
        [deviceStatus.priStopped, engine.priControl.stopped],
        [busMaster, dma.busMaster],
        [atsGaveUp, ats.gaveUp],
    ];
    return conditions.reduce((all, [bit, holds]) => all | (holds ? bit : 0), 0);
}
