/**
 * The numbers of docs/dma-engine.md: offsets and bits of BAR0, descriptor fields, status codes and
 * queue states. Drivers on the host and tests use them as well as the device.
 */
/** Where the capabilities lie in configuration space. */
export const capabilityAt = {
    pcie: 0x40,
    msi: 0x80,
    ats: 0x100,
    pri: 0x110,
    pasid: 0x120,
};
export const BAR_SIZE = 0x2_0000;
export const DEVICE_ID = 0x4541_4d44;
export const DEVICE_VERSION = 0x0001_0000;
/** Device registers. */
export const reg = {
    id: 0x000,
    version: 0x004,
    caps: 0x008,
    control: 0x00c,
    status: 0x010,
    intrStatus: 0x014,
    intrMask: 0x018,
    scratch: 0x01c,
    manners: 0x020,
    groupSize: 0x024,
    creditsUsed: 0x028,
    groupsOutstanding: 0x02c,
    invalidationsPending: 0x030,
    tlbUsed: 0x034,
    retryLimit: 0x038,
    retryDelay: 0x03c,
    translationRequests: 0x040,
    tlbHits: 0x044,
    tlbEvictions: 0x048,
    pageRequestsSent: 0x04c,
    responsesSuccess: 0x050,
    responsesInvalid: 0x054,
    responsesFailure: 0x058,
    stopMarkersSent: 0x05c,
    unexpectedResponses: 0x060,
    invalidationsReceived: 0x064,
    invalidationsAnswered: 0x068,
    interruptsSent: 0x06c,
    bytesRead: 0x070,
    bytesWritten: 0x078,
    spuriousCompletion: 0x080,
    translatedRequests: 0x084,
    untranslatedRequests: 0x088,
    tlbIndex: 0x0c0,
    tlbInfo: 0x0c4,
    tlbIova: 0x0c8,
    tlbAddress: 0x0d0,
    tlbPasid: 0x0d8,
};
export const QUEUE_BASE = 0x1000;
export const QUEUE_STRIDE = 0x100;
/** Registers of a queue, relative to its block. */
export const queueReg = {
    control: 0x00,
    status: 0x04,
    pasid: 0x08,
    ringSize: 0x0c,
    ringBase: 0x10,
    head: 0x18,
    tail: 0x1c,
    completed: 0x20,
    failed: 0x24,
    lastStatus: 0x28,
    lastIndex: 0x2c,
    lastResult: 0x30,
    lastBytes: 0x38,
    groupIndex: 0x3c,
    pageRequests: 0x40,
};
/** Bits of the device's CONTROL. */
export const control = { interruptEnable: 1, reset: 2, flushTlb: 4 };
/** Bits of the device's STATUS. */
export const deviceStatus = {
    busy: 1 << 0,
    atsEnabled: 1 << 1,
    priEnabled: 1 << 2,
    pasidEnabled: 1 << 3,
    pageRequestsOutstanding: 1 << 4,
    invalidationsPending: 1 << 5,
    responseFailure: 1 << 6,
    priStopped: 1 << 7,
    busMaster: 1 << 8,
    atsGaveUp: 1 << 9,
};
/** Bits of INTR_STATUS and INTR_MASK; a queue's bits are `queueDone << n`, `queueError << n`. */
export const intr = {
    queueDone: 1 << 0,
    queueError: 1 << 8,
    responseFailure: 1 << 16,
    unexpectedResponse: 1 << 17,
};
/** Bits of MANNERS. */
export const manner = {
    duplicateGroup: 1 << 0,
    noLast: 1 << 1,
    flood: 1 << 2,
    staleTlb: 1 << 3,
    noInvalidateAnswer: 1 << 4,
    ignorePermission: 1 << 5,
    forgeTranslated: 1 << 6,
    ignoreEnables: 1 << 7,
};
/** Bits of a queue's CONTROL. */
export const queueControl = {
    enable: 1 << 0,
    pasidValid: 1 << 1,
    privileged: 1 << 2,
    ringWithoutPasid: 1 << 3,
    interruptEnable: 1 << 4,
    stopMarker: 1 << 5,
};
/** STATE of a queue. */
export const queueState = {
    disabled: 0,
    idle: 1,
    fetching: 2,
    translating: 3,
    requesting: 4,
    waitingResponse: 5,
    waitingCredits: 6,
    retryDelay: 7,
    transferring: 8,
    writingResult: 9,
    draining: 10,
    halted: 11,
    noBusMaster: 12,
};
/** Operations of a descriptor. */
export const operation = { nop: 0, copy: 1, fill: 2, verify: 3, compare: 4, atomicAdd: 5 };
/** Flags of a descriptor. */
export const descriptorFlag = {
    interrupt: 1 << 8,
    useAts: 1 << 9,
    pageRequest: 1 << 10,
    execute: 1 << 11,
};
/** Status codes of a descriptor. */
export const statusCode = {
    ok: 0,
    ur: 1,
    ca: 2,
    noPermission: 3,
    pageInvalid: 4,
    pageFailure: 5,
    mismatch: 6,
    badDescriptor: 7,
    translationUr: 8,
    translationCa: 9,
    retryLimit: 10,
    aborted: 11,
};
export const DESCRIPTOR_BYTES = 64;
export const RESULT_OFFSET = 0x30;
export const RESULT_DONE = 0x8000_0000;
export const MAX_GROUP_PAGES = 32;
export const MAX_RING_LOG2 = 12;
