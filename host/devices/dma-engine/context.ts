import type { AtsControl } from "../../pci/ats-capability.js";
import type { DmaPort } from "../../pci/dma-port.js";
import type { PasidControl } from "../../pci/pasid-capability.js";
import type { DeviceTlb } from "./device-tlb.js";
import type { InterruptStatus } from "./interrupts.js";
import type { PageRequestInterface } from "./page-requests.js";

/** Registers that software sets for the whole device. */
export class Settings {
  manners = 0;
  groupSize = 4;
  retryLimit = 1024;
  retryDelay = 1;

  has(mannerBit: number): boolean {
    return (this.manners & mannerBit) !== 0;
  }

  reset(): void {
    Object.assign(this, new Settings());
  }
}

/** Event counters as the registers show them. */
export class Counters {
  translationRequests = 0;
  tlbHits = 0;
  tlbEvictions = 0;
  pageRequestsSent = 0;
  responsesSuccess = 0;
  responsesInvalid = 0;
  responsesFailure = 0;
  stopMarkersSent = 0;
  unexpectedResponses = 0;
  invalidationsReceived = 0;
  invalidationsAnswered = 0;
  interruptsSent = 0;
  bytesRead = 0n;
  bytesWritten = 0n;
  translatedRequests = 0;
  untranslatedRequests = 0;
  /** Before the last reset, which the registers forget. */
  earlierBytesRead = 0n;
  earlierBytesWritten = 0n;

  /** Bytes since the device was made. */
  get allBytesRead(): bigint {
    return this.earlierBytesRead + this.bytesRead;
  }

  get allBytesWritten(): bigint {
    return this.earlierBytesWritten + this.bytesWritten;
  }

  reset(): void {
    const { allBytesRead: earlierBytesRead, allBytesWritten: earlierBytesWritten } = this;
    Object.assign(this, new Counters(), { earlierBytesRead, earlierBytesWritten });
  }
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
export class AtsUse {
  readonly #control: AtsControl;
  gaveUp = false;

  constructor(control: AtsControl) {
    this.#control = control;
  }

  get enabled(): boolean {
    return this.#control.enabled;
  }

  get active(): boolean {
    return this.enabled && !this.gaveUp;
  }
}
