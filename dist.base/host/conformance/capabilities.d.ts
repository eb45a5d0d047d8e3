/** What a unit reports in VER, CAP and ECAP. */
export interface ReportedCapabilities {
    /** VER_REG. */
    readonly version: number;
    readonly cap: bigint;
    readonly ecap: bigint;
    /** Every field of CAP_REG and ECAP_REG by its name, and MAJOR and MINOR of VER_REG. */
    readonly values: Readonly<Record<string, number>>;
}
/** Takes the three registers apart. */
export declare function reportedCapabilities(version: number, cap: bigint, ecap: bigint): ReportedCapabilities;
