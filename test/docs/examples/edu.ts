// #region edu
import { Machine } from "viommu";
import { eduRegisters } from "viommu/devices";
import { FrameAllocator, LegacyTables, SecondStageTable } from "viommu/tables";

const EDU = 0x18; // 00:03.0
const UNIT = 0xfed9_0000n;
const { reg, dmaCommand } = eduRegisters;

const machine = await Machine.create({
  memory: { size: 16 * 2 ** 20 },
  units: [{}],
  endpoints: [{ bdf: EDU, kind: "edu", options: { dmaMask: 0xffff_ffffn } }],
});
const { memory, bus, config } = machine;
const frames = new FrameAllocator({ start: 0x1_0000n, end: 0x10_0000n });
const tables = LegacyTables.create({ memory, frames });
const pages = new SecondStageTable({ memory, frames });
tables.context(EDU, { kind: "second-stage", domain: 1, secondStage: pages });
pages.map(0x7000_0000n, 0x20_0000n);
bus.write64(UNIT + 0x20n, tables.rootTableAddress);
bus.write32(UNIT + 0x18n, 1 << 30);
bus.write32(UNIT + 0x18n, 1 << 31);

config.write16(EDU, 0x04, 6); // decode memory, master the bus
const bar = BigInt(config.read32(EDU, 0x10));
const register = (offset: number) => bar + BigInt(offset);
console.log(bus.read32(register(reg.identification)).toString(16));
// => "10000ed"

/** Moves bytes to the buffer or from it, waits, and answers the ticks that it took. */
function transfer(source: bigint, destination: bigint, count: bigint, command: number): number {
  bus.write64(register(reg.dmaSource), source);
  bus.write64(register(reg.dmaDestination), destination);
  bus.write64(register(reg.dmaCount), count);
  bus.write32(register(reg.dmaCommand), command);
  return machine.settle();
}

const BUFFER = BigInt(eduRegisters.BUFFER_START);
memory.write64(0x20_0000n, 0x1122_3344_5566_7788n);
console.log(transfer(0x7000_0000n, BUFFER, 8n, dmaCommand.run));
// => 100
transfer(BUFFER, 0x7000_0100n, 8n, dmaCommand.run | dmaCommand.toMemory);
console.log(memory.read64(0x20_0100n));
// => 0x1122_3344_5566_7788n
// #endregion

// #region interrupt
bus.on("interruptPin", ({ pin, asserted }) => {
  console.log(pin, asserted);
});
bus.write32(register(reg.status), eduRegisters.status.interruptWhenDone);
bus.write32(register(reg.factorial), 10);
machine.settle();
// => 1, true
console.log(bus.read32(register(reg.factorial)), bus.read32(register(reg.interruptStatus)));
// => 3628800, 1
bus.write32(register(reg.interruptAcknowledge), 1);
// => 1, false
// #endregion

// #region fault
machine.units[0]?.on("fault", ({ address, reason }) => {
  console.log(address, reason);
});
transfer(0x9000_0000n, BUFFER, 8n, dmaCommand.run);
// => 0x9000_0000n, 6
transfer(BUFFER, 0x7000_0100n, 8n, dmaCommand.run | dmaCommand.toMemory);
console.log(memory.read64(0x20_0100n)); // what could not be read is 0
// => 0n
// #endregion
