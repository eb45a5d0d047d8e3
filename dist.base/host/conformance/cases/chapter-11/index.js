import { generatedCases } from "./generated/index.js";
/** Cases of chapter 11, one file to a topic; those that the register table makes come first. */
export const chapter11 = [...generatedCases];
