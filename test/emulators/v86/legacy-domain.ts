import type { Attachment } from "../../../host/emulators/v86/index.js";
import { FrameAllocator, LegacyTables, SecondStageTable } from "../../../host/tables/index.js";

/** Where `legacyDomain` puts its tables: guests leave this MiB alone. */
const TABLES = { start: 0xc0_0000n, end: 0xd0_0000n };
const ROOT_TABLE_ADDRESS = 0x20;
const GLOBAL_COMMAND = 0x18;
const SET_ROOT_TABLE = 1 << 30;
const TRANSLATION_ENABLE = 1 << 31;

/** Turns legacy translation on; the answered table is empty, and translates the devices named. */
export function legacyDomain(
  { iommu, memory }: Attachment,
  sourceIds: readonly number[],
): SecondStageTable {
  const ground = { memory, frames: new FrameAllocator(TABLES) };
  const tables = LegacyTables.create(ground);
  const secondStage = new SecondStageTable({ ...ground, levels: 4 });
  for (const id of sourceIds) tables.context(id, { kind: "second-stage", domain: 1, secondStage });
  iommu.write64(ROOT_TABLE_ADDRESS, tables.rootTableAddress);
  iommu.write32(GLOBAL_COMMAND, SET_ROOT_TABLE);
  iommu.write32(GLOBAL_COMMAND, TRANSLATION_ENABLE | 0);
  return secondStage;
}
