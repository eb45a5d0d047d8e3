/** A kernel whose every step is chosen from outside: tasks, locks, counts, RCU, work queues, memory. */
export { Cell, RcuPointer } from "./cell.js";
export { Completion } from "./completion.js";
export { Heap } from "./heap.js";
export { Interrupt } from "./interrupt.js";
export { Kernel } from "./kernel.js";
export { KernelObject } from "./kernel-object.js";
export { Mutex } from "./mutex.js";
export { Rcu } from "./rcu.js";
export { Refcount } from "./refcount.js";
export { Resource } from "./resource.js";
export { Rwsem } from "./rwsem.js";
export { Spinlock } from "./spinlock.js";
export { perform, } from "./step.js";
export { assertInvariant, Violation } from "./violation.js";
export { WaitQueue } from "./wait-queue.js";
export { Work, WorkQueue } from "./work-queue.js";
