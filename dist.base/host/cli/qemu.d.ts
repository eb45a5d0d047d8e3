import { Command } from "commander";
import type { CommandContext } from "./command-line.js";
/** `viommu qemu`: an unmodified Linux in QEMU with a virtual IOMMU. */
export declare function qemuCommand({ terminal, exitWith }: CommandContext): Command;
