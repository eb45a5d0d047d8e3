import { addCapabilities } from "../../pci/capability.js";
import { atsCapability } from "../../pci/ats-capability.js";
import { ConfigSpace } from "../../pci/config-space.js";
import { pasidCapability } from "../../pci/pasid-capability.js";
import { priCapability, PriControl } from "../../pci/pri-capability.js";
import type {
  DeviceTlbInvalidate,
  PageGroupResponse,
  PageRequestResult,
} from "../../spec/requests.js";
import { describeFault, type Fault } from "../iopf/index.js";
import { assertInvariant, Resource, type Access, type Routine } from "../kernel/index.js";
import type { UnitRun } from "./unit-world.js";

export interface PageDeviceOptions {
  readonly name: string;
  readonly sourceId: number;
  /** Requests that are not the last of their group may be answered, as Linux 7.2 does. Default false. */
  readonly answersPartials?: boolean;
  /**
   * Messages of the device wait on the link until they are delivered, in order: page requests and
   * invalidation completions. Default false: they arrive at once.
   */
  readonly link?: boolean;
  /** Requests that may be outstanding. Default 32. */
  readonly capacity?: number;
  /** A device that keeps no account and no rule: it sends what it likes. Default false. */
  readonly lawless?: boolean;
}

const PRI_AT = 0x110;
const INVALID = 1;

interface OpenGroup {
  readonly pasid: number | undefined;
  readonly grpid: number;
  /** Requests sent. */
  sent: number;
  /** The last one was sent: a response is due. */
  complete: boolean;
}

type Message =
  | { readonly kind: "page request"; readonly fault: Fault }
  | { readonly kind: "completion"; readonly itag: number };

/**
 * A device that asks for pages, and keeps account of the answers: each group gets one, and nothing else is
 * answered (A-I1, A-I2, A-I10, A-I11).
 */
export class PageDevice extends Resource {
  readonly sourceId: number;
  readonly config: ConfigSpace;
  readonly control: PriControl;
  /** Codes that arrived, in order. */
  readonly received: PageGroupResponse[] = [];
  /** Pulled out: reads of its configuration space answer all ones, and it completes nothing. */
  vanished = false;
  /** Does not complete invalidations. */
  deaf = false;
  /** Its driver has told it to ask for no more pages. */
  stopped = false;
  readonly #run: UnitRun;
  readonly #options: PageDeviceOptions;
  readonly #groups: OpenGroup[] = [];
  readonly #link: Message[] = [];

  constructor(run: UnitRun, options: PageDeviceOptions) {
    super(run.kernel, options.name);
    const { capacity = 32 } = options;
    this.#run = run;
    this.#options = options;
    this.sourceId = options.sourceId;
    this.config = new ConfigSpace();
    this.config.define({ at: 0, size: 4, value: 0x0001_1234 });
    this.config.define({ at: 4, size: 2, value: 4, writable: 0x0407 });
    addCapabilities(this.config, [
      atsCapability(0x100),
      priCapability(PRI_AT, capacity),
      pasidCapability(0x120),
    ]);
    this.control = new PriControl(this.config, PRI_AT);
    this.control.onControlWrite(() => {
      this.control.showOutstanding(this.#groups.length > 0);
    });
    run.kernel.atEnd(() => {
      this.#assertAnswered();
    });
    if (options.link === true) {
      run.kernel.spawn(`link of ${this.name}`, () => this.#deliverAll(), { daemon: true });
    }
  }

  /** Configuration space as the bus shows it. */
  get bus(): { read: ConfigSpace["read"]; write: ConfigSpace["write"] } {
    return {
      read: (at, size) => (this.vanished ? 2 ** (8 * size) - 1 : this.config.read(at, size)),
      write: (at, size, value) => {
        if (!this.vanished) this.config.write(at, size, value);
      },
    };
  }

  get outstanding(): number {
    return this.#groups.length;
  }

  /** Its driver stops it; what it has sent is still under way. */
  stop(): Routine {
    return this.act("stop", () => {
      this.stopped = true;
    });
  }

  /** Pulls it out. */
  vanish(): Routine {
    return this.act("pull out", () => {
      this.vanished = true;
    });
  }

  /** Sends a page request; answers false if the device may not or does not. */
  ask(fault: Fault): Routine<boolean> {
    return this.act(
      `ask for ${describeFault(fault)} by`,
      () => {
        if (this.stopped || this.vanished || !this.control.enabled) return false;
        if (this.#options.lawless !== true) this.#note(fault);
        if (this.#options.link === true) this.#link.push({ kind: "page request", fault });
        else this.#deliver(fault);
        return true;
      },
      { also: this.#options.link === true ? [] : this.#reaches },
    );
  }

  /** Waits until so many responses have arrived since power-on. */
  awaitResponses(count: number): Routine {
    return this.act("wait for a response to", () => undefined, {
      ready: () => this.received.length >= count,
      waitingFor: () => `which has got ${this.received.length} of ${count}`,
    });
  }

  /** A page group response of the unit, inside the step that made it send it. */
  receive(response: PageGroupResponse): void {
    this.kernel.touch(this, "write");
    this.received.push(response);
    const { pasid, group, code } = response;
    const at = this.#groups.findIndex((open) => open.grpid === group && open.pasid === pasid);
    const open = this.#groups[at];
    const about = `group ${group} of ${pasid === undefined ? "no PASID" : `PASID ${pasid}`}`;
    if (this.vanished || this.#options.lawless === true) return;
    assertInvariant(open !== undefined, "A-I1", `${this.name} gets response ${code} to ${about}`);
    if (!open.complete) {
      assertInvariant(
        this.#options.answersPartials === true,
        "A-I2",
        `${this.name} gets response ${code} to ${about}, whose last request it has not sent`,
      );
      return;
    }
    this.#groups.splice(at, 1);
    this.control.showOutstanding(this.#groups.length > 0);
    // A failure turns the interface off (§4.4 of the ATS chapter of PCI Express).
    if (code > INVALID) this.control.fail();
  }

  /** An invalidation request of the unit, inside the step that made it send it. */
  invalidate({ itag }: DeviceTlbInvalidate): void {
    if (this.vanished || this.deaf) return;
    this.kernel.touch(this, "write");
    if (this.#options.link === true) this.#link.push({ kind: "completion", itag });
    else this.#run.iommu.completeInvalidation({ sourceId: this.sourceId, itag });
  }

  get #reaches(): Access[] {
    const { unit } = this.#run;
    return [
      { object: unit.pageRequests, kind: "write" },
      { object: unit.translation, kind: "read" },
    ];
  }

  #note(fault: Fault): void {
    const { pasid, grpid, last } = fault;
    let open = this.#groups.find(
      (group) => !group.complete && group.grpid === grpid && group.pasid === pasid,
    );
    if (open === undefined) {
      open = { pasid, grpid, sent: 0, complete: false };
      this.#groups.push(open);
    }
    open.sent += 1;
    open.complete = last;
    const sent = this.#groups.reduce((sum, group) => sum + group.sent, 0);
    assertInvariant(
      sent <= this.control.allocation,
      "A-I11",
      () =>
        `${this.name} has ${sent} requests outstanding, and was granted ${this.control.allocation}`,
    );
    this.control.showOutstanding(true);
  }

  #deliver({ grpid, ...fault }: Fault): PageRequestResult {
    return this.#run.iommu.requestPage({ ...fault, sourceId: this.sourceId, group: grpid });
  }

  *#deliverAll(): Routine {
    const { unit } = this.#run;
    const also: Access[] = [...this.#reaches, { object: unit.invalidations, kind: "write" }];
    const deliver = () => {
      const message = this.#link.shift()!;
      if (message.kind === "page request") this.#deliver(message.fault);
      else if (!this.vanished) {
        const { itag } = message;
        this.#run.iommu.completeInvalidation({ sourceId: this.sourceId, itag });
      }
    };
    const ready = () => this.#link.length > 0;
    for (;;) yield* this.act("deliver a message of", deliver, { also, ready });
  }

  #assertAnswered(): void {
    const waiting = this.#groups.filter(({ complete }) => complete);
    assertInvariant(
      waiting.length === 0 || this.vanished,
      "A-I1",
      () =>
        `${this.name} was never answered: ${waiting.map(({ grpid }) => `group ${grpid}`).join(", ")}`,
    );
  }
}
