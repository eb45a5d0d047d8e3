import { addressRows } from "./addresses.js";
import { firstStageRows } from "./first-stage.js";
import { legacyRows } from "./legacy.js";
import { nestedRows } from "./nested.js";
import { pasidEntryRows } from "./pasid-entry.js";
import { rootAndContextRows } from "./root-and-context.js";
import { rootTableAddressRows } from "./root-table-address.js";
import type { Row } from "./row.js";
import { secondStageRows } from "./second-stage.js";

/** Ways to provoke the conditions of Table 30, by the structures that they are about. */
export const chapters: Readonly<Record<string, readonly Row[]>> = {
  "legacy mode": legacyRows,
  "the root table address": rootTableAddressRows,
  "root and context entries": rootAndContextRows,
  "PASID entries": pasidEntryRows,
  "the first stage": firstStageRows,
  "the second stage": secondStageRows,
  "nested translation": nestedRows,
  "address ranges": addressRows,
};
