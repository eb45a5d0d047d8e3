import { Command } from "commander";
import type { CommandContext } from "./command-line.js";
/** `viommu serve`: the unit and endpoints for a QEMU that the user starts. */
export declare function serveCommand({ terminal, exitWith }: CommandContext): Command;
