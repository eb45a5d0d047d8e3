import { Command } from "commander";
import type { CommandContext } from "./command-line.js";
/** `viommu conformance`: does a unit do what the manual says? */
export declare function conformanceCommand({ terminal, exitWith }: CommandContext): Command;
