import { assertInvariant, Resource, type Kernel, type Routine } from "../kernel/index.js";
import type { PageResponse } from "./device.js";
import { describeFault, type Fault, type ResponseCode } from "./fault.js";

export interface LedgerOptions {
  /** Page requests that may be outstanding. Default: no limit. */
  readonly credit?: number;
  /** Of the device, once it is released: nothing may be sent to its number. */
  readonly released?: () => boolean;
  /** What else becomes of a response: the unit's descriptor. */
  readonly send?: PageResponse;
  /** Requests that are not the last may be answered, as Linux 7.2 does. Default false. */
  readonly answersPartials?: boolean;
}

/**
 * A device's own account of its page requests: it notices a response that is lost, doubled, or of another
 * group (A-I1, A-I2, A-I8, A-I10, A-I11).
 */
export class ResponseLedger extends Resource {
  /** Responses that arrived, in order. */
  readonly received: { readonly fault: Fault; readonly code: ResponseCode }[] = [];
  readonly #open: Fault[] = [];
  readonly #options: LedgerOptions;

  constructor(kernel: Kernel, device: string, options: LedgerOptions = {}) {
    super(kernel, `${device}.pri`);
    this.#options = options;
    kernel.atEnd(() => {
      this.assertAnswered();
    });
  }

  /** The device sends a request. */
  send(fault: Fault): Routine {
    return this.act(`send ${describeFault(fault)} from`, () => {
      this.note(fault);
    });
  }

  /** Part of the step in which a device of one's own sends the request. */
  note(fault: Fault): void {
    this.kernel.touch(this, "write");
    if (!fault.last) return;
    this.#open.push(fault);
    const { credit = Infinity } = this.#options;
    assertInvariant(
      this.#open.length <= credit,
      "A-I11",
      () => `${this.#open.length} groups are outstanding, the device has credit for ${credit}`,
    );
  }

  /** For the driver of the unit: `pageResponse: ledger.respond`. */
  readonly respond = (fault: Fault, code: ResponseCode): Routine => this.#respond(fault, code);

  *#respond(fault: Fault, code: ResponseCode): Routine {
    yield* this.act(`send ${code} for ${describeFault(fault)} to`, () => {
      this.#receive(fault, code);
    });
    if (this.#options.send) yield* this.#options.send(fault, code);
  }

  /** Groups without a response so far. */
  get outstanding(): number {
    return this.#open.length;
  }

  /** A-I1: every group has got its response. */
  assertAnswered(): void {
    assertInvariant(
      this.#open.length === 0,
      "A-I1",
      () => `never answered: ${this.#open.map(describeFault).join("; ")}`,
    );
  }

  #receive(fault: Fault, code: ResponseCode): void {
    const { released, answersPartials = false } = this.#options;
    assertInvariant(
      released?.() !== true,
      "A-I8",
      () => `${describeFault(fault)} is answered after the device was released`,
    );
    this.received.push({ fault, code });
    if (!fault.last) {
      assertInvariant(
        answersPartials,
        "A-I2",
        () => `${describeFault(fault)} is answered, and is not the last of its group`,
      );
      return;
    }
    const at = this.#open.findIndex(
      ({ grpid, pasid }) => grpid === fault.grpid && pasid === fault.pasid,
    );
    const answered = this.received.some(
      (earlier) => earlier.fault === fault && earlier !== this.received.at(-1),
    );
    assertInvariant(
      at >= 0,
      answered ? "A-I1" : "A-I10",
      () => `${describeFault(fault)} is answered ${answered ? "twice" : "and was not asked for"}`,
    );
    this.#open.splice(at, 1);
  }
}
