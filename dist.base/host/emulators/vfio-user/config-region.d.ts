import type { ConfigSpace } from "../../pci/config-space.js";
/** Configuration space in one read or write of any length, in the largest aligned pieces. */
export declare function readConfig(config: ConfigSpace, offset: number, count: number): Uint8Array;
export declare function writeConfig(config: ConfigSpace, offset: number, data: Uint8Array): void;
