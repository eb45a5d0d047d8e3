import type { FaultCondition } from "../fault-condition.js";

/** Conditions of the root-table address register, in either mode (§7.1.3, Table 30). */
export const rootTableAddressFaults: readonly FaultCondition[] = [
  {
    condition: "RTA.1.1",
    code: 0x30,
    qualified: false,
    responses: ["UR", "UR", "CA", "CA", "UR", "UR"],
    pageRequest: true,
    meaning: "abort-DMA mode is set, and the unit does not support it",
  },
  {
    condition: "RTA.1.2",
    code: 0x30,
    qualified: false,
    responses: ["UR", "UR", "CA", "CA", "UR", "UR"],
    pageRequest: true,
    meaning: "the translation table mode is the reserved one",
  },
  {
    condition: "RTA.1.3",
    code: 0x30,
    qualified: false,
    responses: ["UR", "UR", "CA", "CA", "UR", "UR"],
    pageRequest: true,
    meaning: "scalable mode is set, and the unit does not support it",
  },
  {
    condition: "RTA.1.4",
    code: 0x30,
    qualified: false,
    responses: ["UR", "-", "CA", "-", "UR", "-"],
    pageRequest: false,
    meaning: "RTADDR.SSIRWE is set in legacy mode",
  },
  {
    condition: "RTA.2",
    code: 0x31,
    qualified: false,
    responses: ["-", "UR", "-", "UR", "-", "UR"],
    pageRequest: false,
    meaning: "a request with PASID in legacy mode",
  },
  {
    condition: "RTA.3",
    code: 0x32,
    qualified: false,
    responses: ["-", "-", "-", "-", "-", "-"],
    pageRequest: true,
    meaning: "a page request in legacy mode",
  },
  {
    condition: "RTA.4",
    code: 0x33,
    qualified: false,
    responses: ["UR", "UR", "UR", "UR", "UR", "UR"],
    pageRequest: true,
    meaning: "abort-DMA mode blocks every request",
  },
  {
    condition: "RTA.5",
    code: 0x34,
    qualified: false,
    responses: ["-", "UR", "-", "UR", "-", "UR"],
    pageRequest: false,
    meaning: "a request to execute, from major version 8 on",
  },
];
