import { encodeOutcome, parseDescriptor } from "./descriptor.js";
import { MemoryRequests } from "./memory-requests.js";
import { Operation } from "./operations.js";
import { QueueReport } from "./queue-report.js";
import { DESCRIPTOR_BYTES, intr, MAX_RING_LOG2, queueControl, queueState, RESULT_OFFSET, statusCode, } from "./registers.js";
import { isDone } from "./step.js";
const WRITABLE_ALWAYS = queueControl.interruptEnable | queueControl.stopMarker;
const WRITABLE_DISABLED = WRITABLE_ALWAYS |
    queueControl.pasidValid |
    queueControl.privileged |
    queueControl.ringWithoutPasid;
/** States that only software, or an answer, ends. */
const WAITING = [
    queueState.idle,
    queueState.waitingResponse,
    queueState.waitingCredits,
    queueState.noBusMaster,
];
/** One ring of descriptors and what is done with them, a step a tick. */
export class Queue {
    report = new QueueReport();
    #number;
    #context;
    #requests;
    #control = 0;
    #pasid = 0;
    #ringSize = 0;
    #ringBase = 0n;
    #state = queueState.disabled;
    #phase = "nothing";
    /** The descriptor that was fetched last. */
    #descriptor;
    #execution;
    /** What is being written into the descriptor. */
    #outcome;
    /** A descriptor was fetched and is not completed. */
    #active = false;
    #paused = false;
    /** A step is running: what it sends may make software answer before it returns. */
    #stepping = false;
    #afterStep;
    constructor(number, context) {
        this.#number = number;
        this.#context = context;
        this.#requests = new MemoryRequests(context.dma, context.counters);
    }
    get control() {
        return this.#control;
    }
    get pasid() {
        return this.#pasid;
    }
    set pasid(value) {
        if (this.#isDisabled)
            this.#pasid = value & 0xf_ffff;
    }
    get ringSize() {
        return this.#ringSize;
    }
    set ringSize(value) {
        if (this.#isDisabled)
            this.#ringSize = value & 0xf;
    }
    get ringBase() {
        return this.#ringBase;
    }
    set ringBase(value) {
        if (this.#isDisabled)
            this.#ringBase = value & ~0x3fn;
    }
    get state() {
        return this.#paused ? queueState.noBusMaster : this.#state;
    }
    get active() {
        return this.#active;
    }
    get inFlight() {
        return this.#requests.inFlight;
    }
    get busy() {
        return this.#phase !== "nothing" && this.state !== queueState.idle;
    }
    /** True if a step gets something done though nothing reached the device since the last one. */
    get proceeds() {
        if (this.#phase === "nothing" || WAITING.includes(this.state))
            return false;
        if (this.#state !== queueState.draining || this.#active)
            return true;
        const groups = this.#context.pri.groupsOf(this.#number);
        return groups.length === 0 || groups.some((group) => !group.sentAll && !group.outcome);
    }
    /** The doorbell. */
    ring(tail) {
        if (this.#has(queueControl.enable))
            this.report.tail = tail & (this.#entries - 1);
    }
    writeControl(value) {
        const writable = this.#isDisabled ? WRITABLE_DISABLED : WRITABLE_ALWAYS;
        const enabled = this.#control & queueControl.enable;
        this.#control = (this.#control & ~writable) | (value & writable);
        const wanted = value & queueControl.enable;
        if (wanted && this.#isDisabled)
            this.#enable();
        else if (!wanted && enabled)
            this.#disable();
    }
    /** One step. Without bus mastering only what is in flight, or being disabled, goes on. */
    step() {
        if (this.#phase === "nothing")
            return;
        const mayStart = this.#context.dma.busMaster || this.#state === queueState.draining;
        const hasWork = this.#active || this.report.head !== this.report.tail;
        this.#paused = !mayStart && !this.inFlight && hasWork;
        if (this.#paused)
            return;
        this.#stepping = true;
        try {
            this.#state = this.#run();
        }
        finally {
            this.#stepping = false;
        }
        this.#afterStep?.();
        this.#afterStep = undefined;
    }
    /** As after power-on; what is in flight ends. */
    reset() {
        if (this.#stepping) {
            this.#afterStep = () => {
                this.reset();
            };
            return;
        }
        this.#cancel();
        this.#phase = "nothing";
        this.#state = queueState.disabled;
        this.#active = false;
        this.#paused = false;
        this.#control = 0;
        this.#pasid = 0;
        this.#ringSize = 0;
        this.#ringBase = 0n;
        Object.assign(this.report, new QueueReport());
    }
    snapshot(references) {
        const { use, operation } = this.#execution ?? {};
        return {
            control: this.#control,
            pasid: this.#pasid,
            ringSize: this.#ringSize,
            ringBase: this.#ringBase,
            state: this.#state,
            phase: this.#phase,
            active: this.#active,
            paused: this.#paused,
            report: { ...this.report },
            request: this.#requests.snapshot(),
            ...(this.#descriptor && { descriptor: this.#descriptor }),
            ...(use && operation && { use, operation: operation.snapshot(references) }),
            ...(this.#outcome && { outcome: this.#outcome }),
        };
    }
    restore(data, referents) {
        this.#control = data.control;
        this.#pasid = data.pasid;
        this.#ringSize = data.ringSize;
        this.#ringBase = data.ringBase;
        this.#state = data.state;
        this.#phase = data.phase;
        this.#active = data.active;
        this.#paused = data.paused;
        Object.assign(this.report, data.report);
        this.#requests.restore(data.request);
        this.#descriptor = data.descriptor;
        this.#outcome = data.outcome;
        this.#execution = undefined;
        const { descriptor, use, operation } = data;
        if (!descriptor || !use || !operation)
            return;
        this.#execution = this.#executionOf(descriptor, use);
        this.#execution.operation.restore(operation, referents);
    }
    get #isDisabled() {
        return this.#state === queueState.disabled;
    }
    get #entries() {
        return 2 ** this.#ringSize;
    }
    #has(bit) {
        return (this.#control & bit) !== 0;
    }
    #enable() {
        this.#control |= queueControl.enable;
        this.report.head = 0;
        this.report.tail = 0;
        this.#state = queueState.idle;
        if (this.#ringSize >= 1 && this.#ringSize <= MAX_RING_LOG2)
            this.#phase = "look at ring";
        else
            this.#state = this.#halt(statusCode.badDescriptor);
    }
    #disable() {
        this.#control &= ~queueControl.enable;
        if (this.#stepping) {
            this.#afterStep ??= () => {
                this.#disable();
            };
            return;
        }
        this.#cancel();
        this.#paused = false;
        this.#state = queueState.draining;
        this.#phase = this.#active ? "abort" : "send rest";
    }
    /** Ends what is in flight, and gives the work in progress up. */
    #cancel() {
        this.#execution?.operation.cancel();
        this.#execution = undefined;
        this.#requests.cancel();
        this.#outcome = undefined;
    }
    /** One step of the work; answers the state that software sees until the next. */
    #run() {
        for (;;) {
            const state = this.#next();
            if (state !== undefined)
                return state;
        }
    }
    /** Undefined: another phase goes on in the same step. */
    #next() {
        switch (this.#phase) {
            case "look at ring":
                return this.#lookAtRing();
            case "finish fetch":
                return this.#finishFetch();
            case "begin descriptor":
                return this.#beginDescriptor();
            case "execute":
                return this.#execute();
            case "finish result":
                return this.#finishResult();
            case "abort":
                this.#beginResult({ code: statusCode.aborted, bytes: 0, result: 0n });
                this.#phase = "finish abort";
                return queueState.draining;
            case "finish abort":
                this.#complete(this.#writeOutcome().outcome, false);
                this.#phase = "send rest";
                return undefined;
            case "send rest":
                return this.#sendRest();
            case "await answers":
                if (this.#context.pri.groupsOf(this.#number).length > 0)
                    return queueState.draining;
                this.#phase = "nothing";
                return queueState.disabled;
            case "nothing":
                return this.#state;
        }
    }
    #lookAtRing() {
        if (this.report.head === this.report.tail)
            return queueState.idle;
        const address = this.#slot;
        this.#requests.begin({ ...this.#ring, access: "read", address, length: DESCRIPTOR_BYTES });
        this.#phase = "finish fetch";
        return queueState.fetching;
    }
    #finishFetch() {
        const fetched = this.#requests.finishRead();
        if (fetched.status !== "ok")
            return this.#haltBy(fetched);
        this.#descriptor = parseDescriptor(fetched.bytes);
        this.#active = true;
        this.#phase = "begin descriptor";
        return queueState.fetching;
    }
    #beginDescriptor() {
        const descriptor = this.#descriptor;
        const { useAts, pageRequest } = descriptor;
        const tag = this.#tag;
        const mayExecute = tag.pasid !== undefined && this.#context.pasid.executeEnabled;
        const use = { queue: this.#number, tag, useAts, pageRequest, mayExecute };
        this.#execution = this.#executionOf(descriptor, use);
        this.#phase = "execute";
    }
    #execute() {
        const step = this.#execution.operation.step();
        if (!isDone(step))
            return step;
        this.#execution = undefined;
        this.#beginResult(step.done);
        this.#phase = "finish result";
        return queueState.writingResult;
    }
    #finishResult() {
        const { outcome, failure } = this.#writeOutcome();
        if (failure)
            return this.#haltBy(failure);
        this.#complete(outcome, this.#descriptor.interrupt);
        this.#phase = "look at ring";
        return queueState.writingResult;
    }
    /** Page request groups that are half sent are sent to their end; then the answers are awaited. */
    #sendRest() {
        const { pri } = this.#context;
        const groups = pri.groupsOf(this.#number);
        const next = groups.find((group) => !group.sentAll && group.outcome === undefined);
        if (next) {
            pri.sendNext(next);
            return queueState.draining;
        }
        if (this.#has(queueControl.stopMarker))
            pri.releaseGroupsOf(this.#number, this.#tag.pasid);
        this.#phase = "await answers";
        return undefined;
    }
    #beginResult(outcome) {
        this.#outcome = outcome;
        const address = this.#slot + BigInt(RESULT_OFFSET);
        const { length } = encodeOutcome(outcome);
        this.#requests.begin({ ...this.#ring, access: "write", address, length });
    }
    #writeOutcome() {
        const outcome = this.#outcome;
        const result = this.#requests.finishWrite(encodeOutcome(outcome));
        this.#outcome = undefined;
        return { outcome, ...(result.status !== "ok" && { failure: result }) };
    }
    #complete(outcome, wantsInterrupt) {
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
        if (!good)
            report.failed += 1;
        if (wantsInterrupt)
            this.#raise(intr.queueDone);
        if (!good)
            this.#raise(intr.queueError);
    }
    #haltBy(failure) {
        this.report.lastResult = failure.address;
        return this.#halt(failure.status === "CA" ? statusCode.ca : statusCode.ur);
    }
    #halt(code) {
        this.report.lastStatus = code;
        this.report.lastIndex = this.report.head;
        this.#active = false;
        this.#phase = "nothing";
        this.#raise(intr.queueError);
        return queueState.halted;
    }
    #raise(bit) {
        if (this.#has(queueControl.interruptEnable)) {
            this.#context.interrupts.raise(bit << this.#number);
        }
    }
    #executionOf(descriptor, use) {
        const { report } = this;
        const parts = { context: this.#context, requests: this.#requests, use, report };
        return { use, operation: new Operation(descriptor, parts) };
    }
    get #slot() {
        return this.#ringBase + BigInt(this.report.head * DESCRIPTOR_BYTES);
    }
    /** The PASID prefix of the queue's requests, as far as the PASID capability allows one. */
    get #tag() {
        const { pasid } = this.#context;
        if (!this.#has(queueControl.pasidValid) || !pasid.enabled) {
            return { pasid: undefined, privileged: false };
        }
        const privileged = this.#has(queueControl.privileged) && pasid.privilegedEnabled;
        return { pasid: this.#pasid, privileged };
    }
    /** Attributes of descriptor fetches and results. */
    get #ring() {
        const without = { pasid: undefined, privileged: false };
        return this.#has(queueControl.ringWithoutPasid) ? without : this.#tag;
    }
}
