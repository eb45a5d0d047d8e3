import type { Structure } from "./fields.js";
/** Root, context and PASID structures (§9.1 to §9.6). Address bits at and above the host address width are reserved. */
export declare const tableEntries: readonly Structure[];
