import { Option } from "commander";
/** `--memory MIB`, the same for every command that makes the RAM of a guest in QEMU. */
export declare function memoryOption(): Option;
/** @throws {UsageError} if it is out of range. */
export declare function parseMemory(text: string): number;
