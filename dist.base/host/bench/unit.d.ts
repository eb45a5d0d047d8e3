import { type Core } from "../core/core.js";
import type { BatchCase } from "./cases.js";
import type { Workload } from "./workload.js";
export declare const builds: readonly ["core", "core-port"];
export type Build = (typeof builds)[number];
/** A unit of one build of the core with the tables of a workload, and translation enabled. */
export declare function createUnit(build: Build, benchCase: BatchCase, workload: Workload): Promise<Core>;
