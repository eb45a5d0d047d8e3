import { QUEUE_BASE, QUEUE_STRIDE, queueReg } from "./registers.js";
/** Defines the register block of a queue. */
export function defineQueueRegisters(bank, queue, number) {
    const base = QUEUE_BASE + number * QUEUE_STRIDE;
    const { report } = queue;
    const define = (name, read, write) => {
        bank.define(base + queueReg[name], read, write);
    };
    define("control", () => queue.control, (value) => {
        queue.writeControl(value);
    });
    define("status", () => statusOf(queue));
    define("pasid", () => queue.pasid, (value) => {
        queue.pasid = value;
    });
    define("ringSize", () => queue.ringSize, (value) => {
        queue.ringSize = value;
    });
    bank.define64(base + queueReg.ringBase, () => queue.ringBase, (value) => {
        queue.ringBase = value;
    });
    define("head", () => report.head);
    define("tail", () => report.tail, (value) => {
        queue.ring(value);
    });
    define("completed", () => report.completed);
    define("failed", () => report.failed);
    define("lastStatus", () => report.lastStatus);
    define("lastIndex", () => report.lastIndex);
    bank.define64(base + queueReg.lastResult, () => report.lastResult);
    define("lastBytes", () => report.lastBytes);
    define("groupIndex", () => report.groupIndex);
    define("pageRequests", () => report.pageRequests);
}
function statusOf(queue) {
    const flags = (queue.active ? 1 << 4 : 0) | (queue.inFlight ? 1 << 5 : 0);
    return queue.state | flags | (Math.min(queue.report.retries, 0xffff) << 16);
}
