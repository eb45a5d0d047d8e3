/** The numbers of docs/iommu-testdev.md. Drivers on the host and tests use them as well. */
export declare const BAR_SIZE = 4096;
export declare const reg: {
    readonly trigger: 0;
    readonly iovaLow: 4;
    readonly iovaHigh: 8;
    readonly length: 12;
    readonly result: 16;
    readonly doorbell: 20;
    readonly attributes: 24;
    readonly gpaLow: 28;
    readonly gpaHigh: 32;
};
/** Values of the result register. */
export declare const result: {
    readonly ok: 0;
    readonly idle: 4294967295;
    readonly armed: 4294967294;
    readonly badLength: 3735879681;
    readonly dmaFailed: 3735879682;
    readonly readBackFailed: 3735879683;
    readonly mismatch: 3735879684;
    readonly notArmed: 3735879685;
    readonly badAttributes: 3735879686;
};
export type Result = (typeof result)[keyof typeof result];
/** Bit of the doorbell. */
export declare const ARM = 1;
/** Fields of the attributes register, which only an Arm machine heeds. */
export declare const attributes: {
    readonly secure: number;
    readonly spaceShift: 1;
    readonly spaceMask: 3;
    readonly spaceValid: number;
};
export declare const space: {
    readonly secure: 0;
    readonly nonSecure: 1;
    readonly root: 2;
    readonly realm: 3;
};
/** What the device writes, over and over. */
export declare const PATTERN = 305419896;
