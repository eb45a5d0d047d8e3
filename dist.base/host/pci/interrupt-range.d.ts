export declare function inInterruptRange(address: bigint): boolean;
