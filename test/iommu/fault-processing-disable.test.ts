import { describe, expect, it } from "vitest";
import { chapters } from "./conditions/index.js";
import type { Answer, Column, Row } from "./conditions/row.js";
import { send } from "./provoke.js";
import { Unit } from "./unit.js";
import type { FpdPlace } from "./worlds.js";

const ROWS = Object.values(chapters).flat();
const PLACES: readonly FpdPlace[] = ["context", "directory", "pasid"];
/** Met before any entry that has an FPD bit could be read. */
const BEFORE_CONTEXT = /^(RTA|LRT|SRT|IR)\./;

/** Whether a request that meets the condition has read the FPD bit of that place. */
function isMet(condition: string, column: Column, place: FpdPlace): boolean {
  if (BEFORE_CONTEXT.test(condition) || ["LCT.1", "SCT.1"].includes(condition)) return false;
  if (place === "context") return true;
  // Translated requests go no further than the context entry.
  if (column.startsWith("TD") || condition.startsWith("SCT.") || condition === "SGN.10")
    return false;
  if (condition.startsWith("L") || condition === "SPD.1") return false;
  return place === "directory" || !["SPD.2", "SPD.3", "SPT.1"].includes(condition);
}

describe("VTD-7.1.3: Fault Processing Disable in a context, directory or PASID table entry", () => {
  it.each(ROWS.map((row) => [row.condition, row.qualified, row.title, row] as const))(
    "VTD-7.1.3: %s, qualified %s: %s",
    async (_condition, _qualified, _title, row) => {
      const unit = await Unit.create(row.unit);
      const world = row.arrange(unit);
      const begin = unit.stage(world.rootTableAddress);
      for (const place of PLACES) {
        for (const [column, answer] of Object.entries(row.answers) as [Column, Answer][]) {
          begin();
          if (!world.setFpd(place)) break;
          const outcome = send(unit, column, row.request ?? {});
          const where = `${column} with FPD in the ${place} entry`;
          expect(outcome.record, where).toBe(expectedRecord(row, column, answer, place));
          const reasons = unit.faultRecords().map(({ reason }) => reason);
          expect(reasons, where).toEqual(outcome.record === "recorded" ? [row.reason] : []);
        }
      }
    },
  );
});

function expectedRecord(
  row: Row,
  column: Column,
  answer: Answer,
  place: FpdPlace,
): string | undefined {
  if (answer === "R" || answer === "W") return undefined;
  if (answer === "S0") return "not-logged";
  return row.qualified && isMet(row.condition, column, place) ? "suppressed" : "recorded";
}
