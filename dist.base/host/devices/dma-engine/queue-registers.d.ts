import type { Queue } from "./queue.js";
import type { RegisterBank } from "./register-bank.js";
/** Defines the register block of a queue. */
export declare function defineQueueRegisters(bank: RegisterBank, queue: Queue, number: number): void;
