import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What Linux answered the programs, written down by `npm run test:linux -- -u`. */
export const RECORDED = fileURLToPath(
  new URL("../../data/linux-7.2-iommufd-calls.txt", import.meta.url),
);

/** The lines of each program, by title. */
export function recordedPrograms(): Map<string, string[]> {
  const [, ...parts] = readFileSync(RECORDED, "utf8").split(/^# /m);
  return new Map(
    parts.map((part) => {
      const [title = "", ...lines] = part.trimEnd().split("\n");
      return [title, lines];
    }),
  );
}
