// #region machine-snapshot
import { Machine } from "viommu";
import { eduRegisters } from "viommu/devices";

const EDU = 0x18;
const options = {
  memory: { size: 16 * 2 ** 20 },
  units: [{}],
  endpoints: [{ bdf: EDU, kind: "edu" }],
} as const;
const machine = await Machine.create(options);
const factorial = BigInt(machine.config.read32(EDU, 0x10)) + BigInt(eduRegisters.reg.factorial);
machine.bus.write32(factorial, 10);
machine.run(4);

const snapshot = machine.snapshot(); // with 6 of 10 ticks to go
const twin = await Machine.restore(snapshot, options);
console.log(machine.settle(), twin.settle(), twin.bus.read32(factorial));
// => 6, 6, 3628800

machine.restoreState(snapshot); // back to where it was
console.log(machine.bus.read32(factorial), machine.settle());
// => 10, 6
// #endregion
