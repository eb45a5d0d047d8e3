/** What core-port.wasm imports from module "memory-port": see guest-memory.ts for the meaning. */
export declare function read64(address: u64): u64;
export declare function write64(address: u64, value: u64): i32;
export declare function compareExchange64(address: u64, expected: u64, replacement: u64): u64;
export declare function failed(): i32;
// Called only after the export `readAhead(1)`: see read-ahead.ts.
export declare function lastEntry(table: u64, address: u64, levels: u32): u32;
export declare function touch(place: u32): u32;
