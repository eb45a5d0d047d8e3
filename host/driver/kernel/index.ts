/** A kernel whose every step is chosen from outside: tasks, locks, counts, RCU, work queues, memory. */
export { Cell, RcuPointer } from "./cell.js";
export { Completion } from "./completion.js";
export { DeferredBytes } from "./deferred-bytes.js";
export { Epochs, type ReadSection } from "./epochs.js";
export { Heap, type Allocation } from "./heap.js";
export type { FaultPoint } from "./injection.js";
export { Interrupt } from "./interrupt.js";
export { Kernel, type KernelOptions } from "./kernel.js";
export { KernelObject } from "./kernel-object.js";
export type { LockCounts } from "./lock-meter.js";
export { Mutex } from "./mutex.js";
export { Rcu } from "./rcu.js";
export { Refcount } from "./refcount.js";
export { Resource, type ActionOptions } from "./resource.js";
export { Rwsem } from "./rwsem.js";
export { Spinlock } from "./spinlock.js";
export {
  perform,
  type Access,
  type AccessKind,
  type AccessRole,
  type Routine,
  type Step,
} from "./step.js";
export type { Task, TaskOptions } from "./task.js";
export { assertInvariant, Violation, type KernelInvariant } from "./violation.js";
export { WaitQueue } from "./wait-queue.js";
export { Work, WorkQueue, type WorkQueueOptions } from "./work-queue.js";
