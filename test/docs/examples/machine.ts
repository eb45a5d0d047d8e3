// #region machine
import { Machine, type UnitDescription } from "viommu";
import { FirstStageTable, FrameAllocator, ScalableTables } from "viommu/tables";

const ENGINE = 0x10; // 00:02.0
const UNIT = 0xfed9_0000n;
const RING = 0x90_0000n;

/** A machine that translates, and a dma-engine with PASID 5, ATS and page requests. */
export async function startMachine(unit: UnitDescription = {}) {
  const machine = await Machine.create({
    memory: { size: 16 * 2 ** 20 },
    units: [unit],
    endpoints: [{ bdf: ENGINE, kind: "dma-engine" }],
  });
  const { memory, bus, config } = machine;
  const frames = new FrameAllocator({ start: 0x1_0000n, end: 0x10_0000n });
  const tables = ScalableTables.create({ memory, frames });
  const pages = new FirstStageTable({ memory, frames });
  tables.context(ENGINE, { dte: true, paside: true, pre: true });
  tables.pasid(ENGINE, 0, { kind: "pass-through", domain: 1 }); // for the engine's descriptors
  tables.pasid(ENGINE, 5, { kind: "first-stage", domain: 2, firstStage: pages });
  bus.write64(UNIT + 0x20n, tables.rootTableAddress);
  bus.write32(UNIT + 0x18n, 1 << 30);
  bus.write32(UNIT + 0x18n, 1 << 31);

  config.write16(ENGINE, 0x04, 6); // decode memory, master the bus
  config.write16(ENGINE, 0x126, 1); // PASID, then ATS, then page requests with 64 credits
  config.write16(ENGINE, 0x106, 0x8000);
  config.write32(ENGINE, 0x11c, 64);
  config.write16(ENGINE, 0x114, 1);
  const bar = BigInt(config.read32(ENGINE, 0x10));
  bus.write32(bar + 0x1008n, 5); // queue 0: PASID, RING_SIZE (16 descriptors), RING_BASE
  bus.write32(bar + 0x100cn, 4);
  bus.write32(bar + 0x1010n, Number(RING));
  bus.write32(bar + 0x1000n, 0b1011); // ENABLE, PASID_VALID, RING_WITHOUT_PASID

  const [iommu] = machine.units;
  if (iommu === undefined) throw new Error("the machine has no unit");
  return { machine, memory, bus, bar, iommu, tables, pages };
}
// #endregion

// #region dma
/** Operation "fill" (2), with the flags USE_ATS and PAGE_REQUEST. */
export const FILL_ON_DEMAND = 2 | (1 << 9) | (1 << 10);

/** Hands a descriptor to queue 0 of the engine. Answers how to read its status code. */
export function startDma(
  { memory, bus, bar }: Awaited<ReturnType<typeof startMachine>>,
  control: number,
  destination: bigint,
  length: number,
) {
  const tail = bus.read32(bar + 0x101cn);
  const descriptor = RING + 64n * BigInt(tail);
  memory.fill(descriptor, 64);
  memory.write32(descriptor, control);
  memory.write32(descriptor + 4n, length);
  memory.write64(descriptor + 0x10n, destination);
  memory.write64(descriptor + 0x18n, 0x1122_3344_5566_7788n); // PATTERN
  bus.write32(bar + 0x101cn, (tail + 1) % 16); // TAIL: the doorbell
  return () => {
    const status = memory.read32(descriptor + 0x30n);
    return status >>> 31 === 1 ? status & 0xff : undefined; // bit 31: DONE
  };
}
// #endregion
