/** Whether a window's registers can take an access of this shape. */
export declare function isRegisterAccess(offset: number, count: number): boolean;
/** The value of an access, little-endian. */
export declare function valueOf(data: Uint8Array): bigint;
/** The bytes of a value, little-endian. */
export declare function bytesOf(value: bigint, count: number): Uint8Array;
/** What a window answers to an access that no register takes. */
export declare function noRegister(count: number): Uint8Array;
