import type { Operation } from "./operation.js";
/** What is wrong with an answer; undefined if it has the shape that the operation wants. */
export declare function answerProblem(operation: Operation, answer: unknown): string | undefined;
