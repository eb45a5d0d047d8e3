import type { EntrySpace } from "./first-stage.js";
import { type Inquiry } from "./inquiry.js";
import { type SecondStageTables } from "./second-stage.js";
/**
 * Guest memory as first-stage entries see it under nested translation: each of them is reached
 * through the second stage, which must let the unit read it, and write its flags (§3.8.1).
 */
export declare function guestMemory(inquiry: Inquiry, tables: SecondStageTables): EntrySpace;
