import type { Mutant } from "../mutant.js";

/** Address Translation Services (chapter 4). */
export const chapter4: readonly Mutant[] = [
  {
    does: "answers translation requests though DTE is 0",
    file: "root-context.ts",
    from: "if (usesAts && (word0 & SM_CONTEXT_DTE_IN_PLACE) == 0) return SCT_5;",
    to: "",
    cases: ["4", "7", "9"],
  },
  {
    does: "answers legacy translation requests whatever TT says",
    file: "root-context.ts",
    from: "if (Request.kind != UNTRANSLATED && Context.translationType != CONTEXT_TT_ALL) return LCT_5;",
    to: "",
    cases: ["4", "7", "9"],
  },
  {
    does: "looks at no tables for a translation request that the IOTLB answers",
    file: "ats.ts",
    from: "if (entry != 0) {",
    to: "if (false) {",
    cases: ["4", "6", "7"],
  },
  {
    does: "tells devices of write permission that they did not ask for",
    file: "translation.ts",
    from: "const granted = Request.wantsWrite ? rights : rights & ~RIGHT_WRITE;",
    to: "const granted = rights;",
    cases: ["4"],
  },
  {
    does: "never says that a page must be snooped",
    file: "ats.ts",
    from: "const snoop = Translation.snoop ? FLAG_NO_SNOOP : 0;",
    to: "const snoop: u32 = 0;",
    cases: ["3", "4", "9"],
  },
  {
    does: "completes translation requests with pages of 4 KiB",
    file: "ats.ts",
    from: "const shift = Translation.pageShift;",
    to: "const shift: u64 = 12;",
    cases: ["4"],
  },
  {
    does: "takes translated addresses in the interrupt address range",
    file: "ats.ts",
    from: "if (Translation.inInterruptRange(Request.address)) return legacy ? LGN_4 : SGN_8_3;",
    to: "",
    cases: ["4", "7"],
  },
  {
    does: "takes translated addresses above the host address width",
    file: "ats.ts",
    from: "if ((Request.address & Capability.aboveHost) != 0) return legacy ? LGN_1_2 : SGN_4_1;",
    to: "",
    cases: ["4", "7"],
  },
  {
    does: "answers translation requests with translation disabled",
    file: "ats.ts",
    from: "if (Latch.mode == MODE_OFF) return Answer.blocked(UNSUPPORTED_REQUEST);",
    to: "",
    cases: ["4"],
  },
  {
    does: "takes completions of invalidations from any device",
    file: "device-tlb.ts",
    from: "if (known && load<u32>(DeviceTlb.slot(itag), ITAG_SOURCE_ID) == sourceId) {",
    to: "if (known) {",
    cases: ["4", "6"],
  },
];
