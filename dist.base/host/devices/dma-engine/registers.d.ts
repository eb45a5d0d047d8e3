/**
 * The numbers of docs/dma-engine.md: offsets and bits of BAR0, descriptor fields, status codes and
 * queue states. Drivers on the host and tests use them as well as the device.
 */
/** Where the capabilities lie in configuration space. */
export declare const capabilityAt: {
    readonly pcie: 64;
    readonly msi: 128;
    readonly ats: 256;
    readonly pri: 272;
    readonly pasid: 288;
};
export declare const BAR_SIZE = 131072;
export declare const DEVICE_ID = 1161907524;
export declare const DEVICE_VERSION = 65536;
/** Device registers. */
export declare const reg: {
    readonly id: 0;
    readonly version: 4;
    readonly caps: 8;
    readonly control: 12;
    readonly status: 16;
    readonly intrStatus: 20;
    readonly intrMask: 24;
    readonly scratch: 28;
    readonly manners: 32;
    readonly groupSize: 36;
    readonly creditsUsed: 40;
    readonly groupsOutstanding: 44;
    readonly invalidationsPending: 48;
    readonly tlbUsed: 52;
    readonly retryLimit: 56;
    readonly retryDelay: 60;
    readonly translationRequests: 64;
    readonly tlbHits: 68;
    readonly tlbEvictions: 72;
    readonly pageRequestsSent: 76;
    readonly responsesSuccess: 80;
    readonly responsesInvalid: 84;
    readonly responsesFailure: 88;
    readonly stopMarkersSent: 92;
    readonly unexpectedResponses: 96;
    readonly invalidationsReceived: 100;
    readonly invalidationsAnswered: 104;
    readonly interruptsSent: 108;
    readonly bytesRead: 112;
    readonly bytesWritten: 120;
    readonly spuriousCompletion: 128;
    readonly translatedRequests: 132;
    readonly untranslatedRequests: 136;
    readonly tlbIndex: 192;
    readonly tlbInfo: 196;
    readonly tlbIova: 200;
    readonly tlbAddress: 208;
    readonly tlbPasid: 216;
};
export declare const QUEUE_BASE = 4096;
export declare const QUEUE_STRIDE = 256;
/** Registers of a queue, relative to its block. */
export declare const queueReg: {
    readonly control: 0;
    readonly status: 4;
    readonly pasid: 8;
    readonly ringSize: 12;
    readonly ringBase: 16;
    readonly head: 24;
    readonly tail: 28;
    readonly completed: 32;
    readonly failed: 36;
    readonly lastStatus: 40;
    readonly lastIndex: 44;
    readonly lastResult: 48;
    readonly lastBytes: 56;
    readonly groupIndex: 60;
    readonly pageRequests: 64;
};
/** Bits of the device's CONTROL. */
export declare const control: {
    readonly interruptEnable: 1;
    readonly reset: 2;
    readonly flushTlb: 4;
};
/** Bits of the device's STATUS. */
export declare const deviceStatus: {
    readonly busy: number;
    readonly atsEnabled: number;
    readonly priEnabled: number;
    readonly pasidEnabled: number;
    readonly pageRequestsOutstanding: number;
    readonly invalidationsPending: number;
    readonly responseFailure: number;
    readonly priStopped: number;
    readonly busMaster: number;
    readonly atsGaveUp: number;
};
/** Bits of INTR_STATUS and INTR_MASK; a queue's bits are `queueDone << n`, `queueError << n`. */
export declare const intr: {
    readonly queueDone: number;
    readonly queueError: number;
    readonly responseFailure: number;
    readonly unexpectedResponse: number;
};
/** Bits of MANNERS. */
export declare const manner: {
    readonly duplicateGroup: number;
    readonly noLast: number;
    readonly flood: number;
    readonly staleTlb: number;
    readonly noInvalidateAnswer: number;
    readonly ignorePermission: number;
    readonly forgeTranslated: number;
    readonly ignoreEnables: number;
};
/** Bits of a queue's CONTROL. */
export declare const queueControl: {
    readonly enable: number;
    readonly pasidValid: number;
    readonly privileged: number;
    readonly ringWithoutPasid: number;
    readonly interruptEnable: number;
    readonly stopMarker: number;
};
/** STATE of a queue. */
export declare const queueState: {
    readonly disabled: 0;
    readonly idle: 1;
    readonly fetching: 2;
    readonly translating: 3;
    readonly requesting: 4;
    readonly waitingResponse: 5;
    readonly waitingCredits: 6;
    readonly retryDelay: 7;
    readonly transferring: 8;
    readonly writingResult: 9;
    readonly draining: 10;
    readonly halted: 11;
    readonly noBusMaster: 12;
};
export type QueueState = (typeof queueState)[keyof typeof queueState];
/** Operations of a descriptor. */
export declare const operation: {
    readonly nop: 0;
    readonly copy: 1;
    readonly fill: 2;
    readonly verify: 3;
    readonly compare: 4;
    readonly atomicAdd: 5;
};
/** Flags of a descriptor. */
export declare const descriptorFlag: {
    readonly interrupt: number;
    readonly useAts: number;
    readonly pageRequest: number;
    readonly execute: number;
};
/** Status codes of a descriptor. */
export declare const statusCode: {
    readonly ok: 0;
    readonly ur: 1;
    readonly ca: 2;
    readonly noPermission: 3;
    readonly pageInvalid: 4;
    readonly pageFailure: 5;
    readonly mismatch: 6;
    readonly badDescriptor: 7;
    readonly translationUr: 8;
    readonly translationCa: 9;
    readonly retryLimit: 10;
    readonly aborted: 11;
};
export type StatusCode = (typeof statusCode)[keyof typeof statusCode];
export declare const DESCRIPTOR_BYTES = 64;
export declare const RESULT_OFFSET = 48;
export declare const RESULT_DONE = 2147483648;
export declare const MAX_GROUP_PAGES = 32;
export declare const MAX_RING_LOG2 = 12;
