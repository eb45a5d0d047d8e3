/** The driver of Intel remapping units, as Linux has it. It sees of a machine what a kernel sees. */
export {
  runAccesses,
  UnitBroken,
  type AccessSequence,
  type RegisterAccess,
  type RegisterRead,
  type RegisterWindow,
  type RegisterWrite,
} from "./access.js";
export {
  bootSequence,
  shutdownSequence,
  type BootedUnit,
  type BootOptions,
  type EventMessage,
} from "./boot.js";
export { takeFaults, type FaultRecord, type FaultRegisters } from "./faults.js";
