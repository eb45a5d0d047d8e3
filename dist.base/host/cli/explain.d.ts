import { Command } from "commander";
import type { CommandContext } from "./command-line.js";
/** `viommu explain`: every entry that a request reads, and the check that decides it. */
export declare function explainCommand({ terminal }: CommandContext): Command;
