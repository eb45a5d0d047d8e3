import { Command } from "commander";
import type { CommandContext } from "./command-line.js";
/** `viommu bench`: what a translation costs, against the same algorithm in C. */
export declare function benchCommand({ terminal, exitWith }: CommandContext): Command;
