/** Page faults by the thousand, on their whole way. */
export { FaultLoad } from "./fault-load.js";
/** Page tables that are scanned while they change. */
export { runTableLoad } from "./table-load.js";
