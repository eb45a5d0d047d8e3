import { GuestMemory, Iommu, type IommuOptions } from "../../../host/index.js";
import { Recorder, Recording } from "../../../host/profile/recording/index.js";
import { FirstStageTable, FrameAllocator, ScalableTables } from "../../../host/tables/index.js";

export const DEVICE = 0x10;
export const PASID = 5;
const RTADDR = 0x20;
const GCMD = 0x18;
const SRTP = 1 << 30;
const TE = 1 << 31;
const TABLES_END = 0x10_0000n;

/** Memory with a first-stage table of `DEVICE` and `PASID`, nothing in it yet. */
export function layTables() {
  const memory = GuestMemory.create({ size: 2 ** 22 });
  const frames = new FrameAllocator({ start: 0x1000n, end: TABLES_END });
  const tables = ScalableTables.create({ memory, frames });
  const pages = new FirstStageTable({ memory, frames });
  tables.context(DEVICE, { paside: true, dte: true, pre: true });
  tables.pasid(DEVICE, PASID, { kind: "first-stage", domain: 1, firstStage: pages });
  return { memory, pages, tables };
}

export function enableTranslation(iommu: Iommu, rootTableAddress: bigint): void {
  iommu.write64(RTADDR, rootTableAddress);
  iommu.write32(GCMD, SRTP);
  iommu.write32(GCMD, TE);
}

/** A unit that translates, and is recorded from its creation on. */
export async function recordedUnit(options: Omit<IommuOptions, "memory" | "tap"> = {}) {
  const { memory, pages, tables } = layTables();
  const { recorder, sink } = Recorder.inMemory();
  const iommu = await Iommu.create({ preset: "full", ...options, memory, tap: recorder });
  enableTranslation(iommu, tables.rootTableAddress);
  const write = (address: bigint) =>
    iommu.translate({ sourceId: DEVICE, pasid: PASID, address, access: "write" });
  const finish = (): Recording => {
    recorder.finish();
    return Recording.of(sink.bytes);
  };
  return { iommu, memory, pages, tables, recorder, sink, write, finish };
}
