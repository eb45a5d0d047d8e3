import type { ConformanceCase } from "../../case.js";
import { completionAttributes } from "./completion-attributes.js";
import { completionFlags } from "./completion-flags.js";
import { deviceTlbInvalidation } from "./device-tlb-invalidation.js";
import { translatedRequests } from "./translated-requests.js";
import { translationCompletions } from "./translation-completions.js";

/** Cases of chapter 4, one file to a topic. */
export const chapter4: readonly ConformanceCase[] = [
  ...[...translationCompletions, ...completionAttributes, ...completionFlags],
  ...[...translatedRequests, ...deviceTlbInvalidation],
];
