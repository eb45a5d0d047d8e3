import type { DmaFailure } from "../../pci/dma-port.js";
import type { EngineContext } from "./context.js";
import { encodeOutcome, parseDescriptor, type Descriptor, type Outcome } from "./descriptor.js";
import type { TranslationTag } from "./device-tlb.js";
import { MemoryRequests, type Work } from "./memory-requests.js";
import { execute } from "./operations.js";
import { PageAccess } from "./page-access.js";
import {
  DESCRIPTOR_BYTES,
  intr,
  MAX_RING_LOG2,
  queueControl,
  queueState,
  RESULT_OFFSET,
  statusCode,
  type QueueState,
  type StatusCode,
} from "./registers.js";

/** What software sees of a queue besides its control bits and state. */
export class QueueReport {
  head = 0;
  tail = 0;
  completed = 0;
  failed = 0;
  lastStatus: StatusCode = statusCode.ok;
  lastIndex = 0;
  lastResult = 0n;
  lastBytes = 0;
  groupIndex = 0;
  pageRequests = 0;
  /** Of the page in progress. */
  retries = 0;
}

const WRITABLE_ALWAYS = queueControl.interruptEnable | queueControl.stopMarker;
const WRITABLE_DISABLED =
  WRITABLE_ALWAYS |
  queueControl.pasidValid |
  queueControl.privileged |
  queueControl.ringWithoutPasid;

/** States that only software, or an answer, ends. */
const WAITING: readonly QueueState[] = [
  queueState.idle,
  queueState.waitingResponse,
  queueState.waitingCredits,
  queueState.noBusMaster,
];

/** One ring of descriptors and what is done with them, a step a tick. */
export class Queue {
  readonly report = new QueueReport();
  readonly #number: number;
  readonly #context: EngineContext;
  readonly #requests: MemoryRequests;
  #control = 0;
  #pasid = 0;
  #ringSize = 0;
  #ringBase = 0n;
  #state: QueueState = queueState.disabled;
  #work: Work<QueueState> | undefined;
  /** A descriptor was fetched and is not completed. */
  #active = false;
  #paused = false;
  /** A step is running: what it sends may make software answer before it returns. */
  #stepping = false;
  #afterStep: (() => void) | undefined;

  constructor(number: number, context: EngineContext) {
    this.#number = number;
    this.#context = context;
    this.#requests = new MemoryRequests(context.dma, context.counters);
  }

  get control(): number {
    return this.#control;
  }

  get pasid(): number {
    return this.#pasid;
  }

  set pasid(value: number) {
    if (this.#isDisabled) this.#pasid = value & 0xf_ffff;
  }

  get ringSize(): number {
    return this.#ringSize;
  }

  set ringSize(value: number) {
    if (this.#isDisabled) this.#ringSize = value & 0xf;
  }

  get ringBase(): bigint {
    return this.#ringBase;
  }

  set ringBase(value: bigint) {
    if (this.#isDisabled) this.#ringBase = value & ~0x3fn;
  }

  get state(): QueueState {
    return this.#paused ? queueState.noBusMaster : this.#state;
  }

  get active(): boolean {
    return this.#active;
  }

  get inFlight(): boolean {
    return this.#requests.inFlight;
  }

  get busy(): boolean {
    return this.#work !== undefined && this.state !== queueState.idle;
  }

  /** True if a step gets something done though nothing reached the device since the last one. */
  get proceeds(): boolean {
    if (this.#work === undefined || WAITING.includes(this.state)) return false;
    if (this.#state !== queueState.draining || this.#active) return true;
    const groups = this.#context.pri.groupsOf(this);
    return groups.length === 0 || groups.some((group) => !group.sentAll && !group.outcome);
  }

  /** The doorbell. */
  ring(tail: number): void {
    if (this.#has(queueControl.enable)) this.report.tail = tail & (this.#entries - 1);
  }

  writeControl(value: number): void {
    const writable = this.#isDisabled ? WRITABLE_DISABLED : WRITABLE_ALWAYS;
    const enabled = this.#control & queueControl.enable;
    this.#control = (this.#control & ~writable) | (value & writable);
    const wanted = value & queueControl.enable;
    if (wanted && this.#isDisabled) this.#enable();
    else if (!wanted && enabled) this.#disable();
  }

  /** One step. Without bus mastering only what is in flight, or being disabled, goes on. */
  step(): void {
    if (!this.#work) return;
    const mayStart = this.#context.dma.busMaster || this.#state === queueState.draining;
    const hasWork = this.#active || this.report.head !== this.report.tail;
    this.#paused = !mayStart && !this.inFlight && hasWork;
    if (this.#paused) return;
    this.#stepping = true;
    const { value, done } = this.#work.next();
    this.#stepping = false;
    this.#state = value;
    if (done) this.#work = undefined;
    this.#afterStep?.();
    this.#afterStep = undefined;
  }

  /** As after power-on; what is in flight ends. */
  reset(): void {
    if (this.#stepping) {
      this.#afterStep = () => {
        this.reset();
      };
      return;
    }
    this.#work?.return(queueState.disabled);
    this.#work = undefined;
    this.#state = queueState.disabled;
    this.#active = false;
    this.#paused = false;
    this.#control = 0;
    this.#pasid = 0;
    this.#ringSize = 0;
    this.#ringBase = 0n;
    Object.assign(this.report, new QueueReport());
  }

  get #isDisabled(): boolean {
    return this.#state === queueState.disabled;
  }

  get #entries(): number {
    return 2 ** this.#ringSize;
  }

  #has(bit: number): boolean {
    return (this.#control & bit) !== 0;
  }

  #enable(): void {
    this.#control |= queueControl.enable;
    this.report.head = 0;
    this.report.tail = 0;
    this.#state = queueState.idle;
    if (this.#ringSize >= 1 && this.#ringSize <= MAX_RING_LOG2) this.#work = this.#serve();
    else this.#state = this.#halt(statusCode.badDescriptor);
  }

  #disable(): void {
    this.#control &= ~queueControl.enable;
    if (this.#stepping) {
      this.#afterStep ??= () => {
        this.#disable();
      };
      return;
    }
    this.#work?.return(queueState.disabled);
    this.#paused = false;
    this.#state = queueState.draining;
    this.#work = this.#stop();
  }

  /** The life of an enabled queue; it ends only by halting. */
  *#serve(): Work<QueueState> {
    for (;;) {
      while (this.report.head === this.report.tail) yield queueState.idle;
      const request = { ...this.#ringAttributes, address: this.#slot, length: DESCRIPTOR_BYTES };
      const fetched = yield* this.#requests.read(request, queueState.fetching);
      if (fetched.status !== "ok") return this.#haltBy(fetched);
      const descriptor = parseDescriptor(fetched.bytes);
      this.#active = true;
      yield queueState.fetching;
      const outcome = yield* execute(descriptor, this.#accessFor(descriptor));
      const failure = yield* this.#writeResult(outcome);
      if (failure) return this.#haltBy(failure);
      this.#complete(outcome, descriptor.interrupt);
      yield queueState.writingResult;
    }
  }

  *#stop(): Work<QueueState> {
    const { pri } = this.#context;
    if (this.#active) {
      const outcome: Outcome = { code: statusCode.aborted, bytes: 0, result: 0n };
      yield* this.#writeResult(outcome, queueState.draining);
      this.#complete(outcome, false);
    }
    for (const group of pri.groupsOf(this)) {
      while (!group.sentAll && group.outcome === undefined) {
        pri.sendNext(group);
        yield queueState.draining;
      }
    }
    if (this.#has(queueControl.stopMarker)) pri.releaseGroupsOf(this, this.#tag.pasid);
    while (pri.groupsOf(this).length > 0) yield queueState.draining;
    return queueState.disabled;
  }

  *#writeResult(
    outcome: Outcome,
    meanwhile: QueueState = queueState.writingResult,
  ): Work<DmaFailure | undefined> {
    const request = { ...this.#ringAttributes, address: this.#slot + BigInt(RESULT_OFFSET) };
    const result = yield* this.#requests.write(request, encodeOutcome(outcome), meanwhile);
    return result.status === "ok" ? undefined : result;
  }

  #complete(outcome: Outcome, wantsInterrupt: boolean): void {
    const { report } = this;
    report.completed += 1;
    report.lastStatus = outcome.code;
    report.lastIndex = report.head;
    report.lastResult = outcome.result;
    report.lastBytes = outcome.bytes;
    report.retries = 0;
    report.head = (report.head + 1) & (this.#entries - 1);
    this.#active = false;
    const good = outcome.code === statusCode.ok;
    if (!good) report.failed += 1;
    if (wantsInterrupt) this.#raise(intr.queueDone);
    if (!good) this.#raise(intr.queueError);
  }

  #haltBy(failure: DmaFailure): QueueState {
    this.report.lastResult = failure.address;
    return this.#halt(failure.status === "CA" ? statusCode.ca : statusCode.ur);
  }

  #halt(code: StatusCode): QueueState {
    this.report.lastStatus = code;
    this.report.lastIndex = this.report.head;
    this.#active = false;
    this.#raise(intr.queueError);
    return queueState.halted;
  }

  #raise(bit: number): void {
    if (this.#has(queueControl.interruptEnable)) {
      this.#context.interrupts.raise(bit << this.#number);
    }
  }

  #accessFor(descriptor: Descriptor): PageAccess {
    const { useAts, pageRequest } = descriptor;
    const tag = this.#tag;
    const mayExecute = tag.pasid !== undefined && this.#context.pasid.executeEnabled;
    return new PageAccess(this.#context, this.#requests, {
      owner: this,
      tag,
      useAts,
      pageRequest,
      mayExecute,
      onRetries: (retries) => {
        this.report.retries = retries;
      },
      onPageRequest: (group) => {
        this.report.groupIndex = group.index;
        this.report.pageRequests += 1;
      },
    });
  }

  get #slot(): bigint {
    return this.#ringBase + BigInt(this.report.head * DESCRIPTOR_BYTES);
  }

  /** The PASID prefix of the queue's requests, as far as the PASID capability allows one. */
  get #tag(): TranslationTag {
    const { pasid } = this.#context;
    if (!this.#has(queueControl.pasidValid) || !pasid.enabled) {
      return { pasid: undefined, privileged: false };
    }
    const privileged = this.#has(queueControl.privileged) && pasid.privilegedEnabled;
    return { pasid: this.#pasid, privileged };
  }

  get #ringAttributes(): TranslationTag {
    const without = { pasid: undefined, privileged: false };
    return this.#has(queueControl.ringWithoutPasid) ? without : this.#tag;
  }
}
