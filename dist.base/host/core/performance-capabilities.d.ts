type Values = Readonly<Record<string, number>>;
/** PERFEVNTCAP.ES of each event group, for a unit with these fields of CAP_REG and ECAP_REG. */
export declare function eventGroups(values: Values): number[];
/**
 * PERFCAP_REG of a unit by field, and where it places registers; nothing without PMS. A filter that
 * no announced event may be counted with is not supported.
 */
export declare function performanceFields(values: Values): Values;
/**
 * Registers of performance monitoring and of enhanced commands that only report, by name: "ECCAP3",
 * "PERFEVNTCAP2". The commands are those of performance monitoring.
 */
export declare function performanceReports(values: Values): ReadonlyMap<string, bigint>;
export {};
