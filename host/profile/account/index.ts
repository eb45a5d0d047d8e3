/** How results of a run flow: what is told of each request, to whom, and of all at the end. */
export * from "./observer.js";
export * from "./request-account.js";
export * from "./result.js";
export * from "./stages.js";
