import type { Features } from "../registers-by-hand.js";
import { SCALABLE_CONTEXT } from "../world.js";
import type { Scenario } from "./scenario.js";

const ANSWERS: Scenario["answers"] = { U: "UR", "U+P": "UR", TR: "CA", "TR+P": "CA", PR: "IR" };

function reserved(title: string, bit: number, features: Features = {}, pgtt = 4n): Scenario {
  return {
    condition: "SPT.3",
    reason: 0x5a,
    qualified: true,
    title,
    features,
    arrange: (w) => {
      w.scalable(pgtt).setPasidField(87, 87, features.SMPWCS === false ? 0n : 1n);
      w.setPasidField(bit, bit, 1n);
    },
    answers: ANSWERS,
  };
}

function programming(
  condition: Scenario["condition"],
  title: string,
  features: Features,
  arrange: Scenario["arrange"],
): Scenario {
  return { condition, reason: 0x5b, qualified: true, title, features, arrange, answers: ANSWERS };
}

const NO_SECOND_STAGE: Features = { SSTS: false, NEST: false, SSADS: false, SSIRWS: false };
const NO_FIRST_STAGE: Features = { FSTS: false, NEST: false, EAFS: false };

export const PASID_ENTRY_SCENARIOS: readonly Scenario[] = [
  ...[5, 10, 11, 46, 63, 80, 86, 91, 95, 129, 136, 139, 174, 191, 192, 255, 256, 335, 511].map(
    (bit) => reserved(`bit ${bit} of the PASID-table entry is set`, bit),
  ),
  reserved("AW is set, and the unit has no second stage", 3, NO_SECOND_STAGE),
  reserved("SSPTPTR is set, and the unit has no second stage", 12, NO_SECOND_STAGE),
  reserved("SSADE is set, and the unit has no second stage", 9, NO_SECOND_STAGE),
  reserved("SSADE is set, and the unit has no such flags", 9, { SSADS: false }),
  reserved("the domain id needs more bits than the unit has", 72, { ND: 2 }),
  reserved("PWSNP is set, and the unit does not have it", 87, { SMPWCS: false, SSADS: false }),
  reserved("PGSNP is set, and the unit has no snoop control", 88, { SC: false }),
  reserved("CD is set, and the unit has no memory types", 89),
  reserved("EMTE is set, and the unit has no memory types", 90),
  reserved("PAT is set, and the unit has no memory types", 127),
  reserved("SRE is set, and the unit knows no supervisors", 128, { SRS: false, RPRIVS: false }),
  reserved("FSPM is set, and the unit has no first stage", 130, NO_FIRST_STAGE),
  reserved("WPE is set, and the unit has no first stage", 132, NO_FIRST_STAGE),
  reserved("FSPTPTR is set, and the unit has no first stage", 140, NO_FIRST_STAGE),
  reserved("EAFE is set, and the unit has no such flag", 135, { EAFS: false }),
  ...[2n, 3n].map((pgtt) =>
    programming("SPT.4.1", `AW is not supported with PGTT ${pgtt}`, { SAGAW: 0b0010 }, (w) =>
      w.scalable(pgtt),
    ),
  ),
  ...[0n, 5n, 6n, 7n].map((pgtt) =>
    programming("SPT.4.2", `PGTT ${pgtt} is reserved`, {}, (w) => w.scalable(pgtt)),
  ),
  programming("SPT.4.2", "first stage without FSTS", NO_FIRST_STAGE, (w) =>
    w.scalable(1n).setPasidField(191, 140, 0n),
  ),
  programming("SPT.4.2", "second stage without SSTS", NO_SECOND_STAGE, (w) =>
    w.scalable(2n).setPasidField(63, 12, 0n).setPasidField(4, 2, 0n),
  ),
  programming("SPT.4.2", "nested translation without NEST", { NEST: false }, (w) => w.scalable(3n)),
  programming("SPT.4.2", "pass-through without PT", { PT: false }, (w) => w.scalable(4n)),
  ...[1n, 3n].flatMap((pgtt) => [
    programming("SPT.4.3", `5 levels without FS5LP, PGTT ${pgtt}`, { FS5LP: false }, (w) =>
      w.scalable(pgtt).setPasidField(131, 130, 1n),
    ),
    programming("SPT.4.3", `FSPM is reserved, PGTT ${pgtt}`, {}, (w) =>
      w.scalable(pgtt).setPasidField(131, 130, 2n),
    ),
  ]),
  programming("SPT.4.4", "a nested FSPTPTR is beyond the second stage", {}, (w) =>
    w
      .scalable(3n)
      .setPasidField(4, 2, 1n)
      .setPasidField(191, 140, 1n << 27n),
  ),
  programming("SPT.4.4", "a nested FSPTPTR is beyond MGAW", { MGAW: 40 }, (w) =>
    w.scalable(3n).setPasidField(191, 140, 1n << 28n),
  ),
  {
    condition: "SPT.5",
    reason: 0x5c,
    qualified: true,
    title: "execute is requested in a unit of version 7",
    features: { version: 0x70 },
    arrange: (w) => w.scalable(4n),
    execute: true,
    answers: { "U+P": "UR", "TR+P": "S0" },
  },
  ...[1n, 2n, 3n, 4n].flatMap((pgtt): Scenario[] => [
    {
      condition: "SPT.6",
      reason: 0x5d,
      qualified: true,
      title: `privilege is requested, and PGTT ${pgtt} has SRE=0`,
      arrange: (w) => w.scalable(pgtt),
      privileged: true,
      answers: { "U+P": "UR", "TR+P": "S0" },
    },
    {
      condition: "SPT.6",
      reason: 0x5d,
      qualified: true,
      title: `RID_PRIV is set, and PGTT ${pgtt} has SRE=0`,
      arrange: (w) => w.scalable(pgtt).setField(SCALABLE_CONTEXT, 84, 84, 1n),
      answers: { U: "UR", TR: "S0" },
    },
  ]),
];
