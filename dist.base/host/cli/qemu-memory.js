import { Option } from "commander";
import { parseNumberIn } from "./numbers.js";
const LEAST_MIB = 64;
const MOST_MIB = 65_536;
/** `--memory MIB`, the same for every command that makes the RAM of a guest in QEMU. */
export function memoryOption() {
    return new Option("--memory <mib>", "RAM of the guest in MiB").default("512");
}
/** @throws {UsageError} if it is out of range. */
export function parseMemory(text) {
    return Math.floor(parseNumberIn("--memory", text, LEAST_MIB, MOST_MIB));
}
