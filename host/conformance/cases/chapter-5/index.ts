import type { ConformanceCase } from "../../case.js";
import { delivery } from "./delivery.js";
import { interruptFaults } from "./faults.js";
import { posting } from "./posting.js";
import { requestFormat } from "./request-format.js";
import { sourceValidation } from "./source-validation.js";

/** Cases of chapter 5, one file to a topic. */
export const chapter5: readonly ConformanceCase[] = [
  ...[...requestFormat, ...delivery, ...sourceValidation, ...interruptFaults, ...posting],
];
