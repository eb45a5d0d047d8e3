import { Command } from "commander";
import type { CommandContext } from "./command-line.js";
/** `viommu boot`: a guest in v86 with a virtual IOMMU. */
export declare function bootCommand({ terminal, exitWith }: CommandContext): Command;
