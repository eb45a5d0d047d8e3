import type { BytePort } from "../../memory/byte-port.js";
import type { V86Cpu } from "./internals.js";
/**
 * The RAM of a v86 guest as devices and table builders see it: every access can fail, and a write
 * drops the code that v86 translated from the bytes it replaces.
 */
export declare class V86Memory implements BytePort {
    #private;
    /** Bytes of RAM, from guest physical 0. */
    readonly size: number;
    constructor(cpu: V86Cpu);
    /** Where RAM lies in v86's WebAssembly memory, for a core that reads it in place. */
    get placement(): {
        wasmMemory: WebAssembly.Memory;
        base: number;
        size: number;
    };
    read64(address: bigint): bigint | undefined;
    write64(address: bigint, value: bigint): boolean;
    compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint | undefined;
    tryReadBytes(address: bigint, length: number): Uint8Array | undefined;
    tryWriteBytes(address: bigint, bytes: Uint8Array): boolean;
    /** Drops what v86 translated from this range: somebody else wrote to it. */
    forgetCode(start: number, length: number): void;
}
