import { Command } from "commander";
import type { CommandContext } from "./command-line.js";
/** `viommu version`: what a report of a defect has to say. */
export declare function versionCommand({ terminal }: CommandContext): Command;
