import { Command } from "commander";
import type { CommandContext } from "./command-line.js";
/** `viommu decode`: a raw value in the manual's words. */
export declare function decodeCommand({ terminal }: CommandContext): Command;
