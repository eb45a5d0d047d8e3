import { benchNames, isWanted } from "../bench/index.js";
import { unknownName } from "./unknown-name.js";

/**
 * What `--case` selects; a kind may be named as it is listed, with its slash.
 * @throws UsageError for what selects nothing
 */
export function wantedCase(text: string | undefined): string | undefined {
  const only = text?.replace(/\/$/, "");
  if (text === undefined || benchNames.some((name) => isWanted(name, only))) return only;
  const parts = benchNames.flatMap((name) => name.split("/"));
  const known = only!.includes("/") ? benchNames : [...new Set(parts)];
  throw unknownName({ what: "case", name: text, known, listedBy: "viommu bench --help" });
}
