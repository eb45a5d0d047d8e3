/** Page faults by the thousand, on their whole way. */
export { FaultLoad, type FaultLoadOptions } from "./fault-load.js";
