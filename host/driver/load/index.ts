/** Page faults by the thousand, on their whole way. */
export { FaultLoad, type FaultLoadOptions } from "./fault-load.js";
/** Page tables that are scanned while they change. */
export { runTableLoad, type TableLoadOptions, type TableLoadReport } from "./table-load.js";
