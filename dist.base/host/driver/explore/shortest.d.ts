import { type RunReport } from "./replay.js";
import type { Subject } from "./scenario.js";
/**
 * Looks for a shorter run that breaks the same rule: steps are left out, and turns of one task are moved
 * together, as long as the rule still breaks. Fewer steps count most, then fewer changes of task.
 */
export declare function shorten(subject: Subject, found: RunReport): RunReport;
