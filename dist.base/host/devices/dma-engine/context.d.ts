import type { AtsControl } from "../../pci/ats-capability.js";
import type { DmaPort } from "../../pci/dma-port.js";
import type { PasidControl } from "../../pci/pasid-capability.js";
import type { DeviceTlb } from "./device-tlb.js";
import type { InterruptStatus } from "./interrupts.js";
import type { PageRequestInterface } from "./page-requests.js";
/** Registers that software sets for the whole device. */
export declare class Settings {
    manners: number;
    groupSize: number;
    retryLimit: number;
    retryDelay: number;
    has(mannerBit: number): boolean;
    reset(): void;
}
/** Event counters as the registers show them. */
export declare class Counters {
    translationRequests: number;
    tlbHits: number;
    tlbEvictions: number;
    pageRequestsSent: number;
    responsesSuccess: number;
    responsesInvalid: number;
    responsesFailure: number;
    stopMarkersSent: number;
    unexpectedResponses: number;
    invalidationsReceived: number;
    invalidationsAnswered: number;
    interruptsSent: number;
    bytesRead: bigint;
    bytesWritten: bigint;
    translatedRequests: number;
    untranslatedRequests: number;
    /** Before the last reset, which the registers forget. */
    earlierBytesRead: bigint;
    earlierBytesWritten: bigint;
    /** Bytes since the device was made. */
    get allBytesRead(): bigint;
    get allBytesWritten(): bigint;
    reset(): void;
}
/** The parts of one engine that its queues share. */
export interface EngineContext {
    readonly dma: DmaPort;
    readonly ats: AtsUse;
    readonly pasid: PasidControl;
    readonly pri: PageRequestInterface;
    readonly tlb: DeviceTlb;
    readonly settings: Settings;
    readonly counters: Counters;
    readonly interrupts: InterruptStatus;
}
/** ATS as the device uses it: a translation request answered UR makes it give up. */
export declare class AtsUse {
    #private;
    gaveUp: boolean;
    constructor(control: AtsControl);
    get enabled(): boolean;
    get active(): boolean;
}
