import {
  FIRST_STAGE_ROOT,
  FS_A,
  P,
  PS,
  R,
  RW,
  SECOND_STAGE_ROOT,
  SNP,
  SSIRWE,
  SCALABLE,
  US,
  W,
  type World,
} from "../world.js";
import { INPUT, INTERRUPT_PAGE, OUTPUT, type Scenario } from "./scenario.js";

type Answers = Scenario["answers"];

const S0: Answers = { U: "UR", "U+P": "UR", TR: "S0", "TR+P": "S0" };
const S0_LOGGED: Answers = { ...S0, TR: "S0 logged", "TR+P": "S0 logged" };
const ABORTED: Answers = { ...S0, TR: "CA", "TR+P": "CA" };
const READ_ONLY: Answers = { ...S0, TR: "R", "TR+P": "R" };
const WRITE_ONLY: Answers = { ...S0, TR: "W", "TR+P": "W" };

const FIRST_STAGE: readonly Scenario[] = [
  ...[1, 2, 3].map((step) =>
    qualified("SFS.1", 0x70, `first-stage entry ${step} below the first cannot be read`, S0, (w) =>
      w.scalable(1n).memory.failReads(w.mapFirst(INPUT, OUTPUT)[step] ?? 0n),
    ),
  ),
  ...[0, 1, 2, 3].map((step) =>
    qualified("SFS.2", 0x71, `first-stage entry ${step} is not present`, S0, (w) =>
      w.scalable(1n).setField(w.mapFirst(INPUT, OUTPUT)[step] ?? 0n, 0, 0, 0n),
    ),
  ),
  ...[0, 1, 2, 3].map((step) =>
    qualified("SFS.3", 0x72, `first-stage entry ${step} has bit 46 set`, S0, (w) =>
      w.scalable(1n).setField(w.mapFirst(INPUT, OUTPUT)[step] ?? 0n, 46, 46, 1n),
    ),
  ),
  qualified("SFS.3", 0x72, "a first-stage PML4 entry has PS set", S0, (w) =>
    w.scalable(1n).mapFirst(INPUT, OUTPUT, { leaf: 4 }),
  ),
  qualified("SFS.3", 0x72, "a 2 MiB page has address bit 13 set", S0, (w) =>
    w.scalable(1n).mapFirst(INPUT, 0x4000_2000n, { leaf: 2 }),
  ),
  qualified("SFS.3", 0x72, "a 1 GiB page has address bit 29 set", S0, (w) =>
    w.scalable(1n).mapFirst(INPUT, 0x6000_0000n, { leaf: 3 }),
  ),
  {
    ...qualified("SFS.3", 0x72, "a 1 GiB page is mapped in a unit without them", S0, (w) =>
      w.scalable(1n).mapFirst(INPUT, 0x4000_0000n, { leaf: 3 }),
    ),
    features: { FS1GP: false },
  },
  qualified("SFS.4", 0x73, "the entry in the table at FSPTPTR cannot be read", S0, (w) =>
    w.scalable(1n).memory.failReads(w.mapFirst(INPUT, OUTPUT)[0] ?? 0n),
  ),
  qualified("SFS.9", 0x90, "an accessed flag must be set in unsnooped tables", S0, (w) => {
    w.scalable(1n).setPasidField(87, 87, 0n);
    w.mapFirst(INPUT, OUTPUT);
  }),
  qualified("SFS.9", 0x90, "the accessed flag of the leaf must be set unsnooped", S0, (w) => {
    w.scalable(1n).setPasidField(87, 87, 0n);
    w.mapFirst(INPUT, OUTPUT, { tableFlags: P | RW | US | FS_A });
  }),
  qualified("SFS.10", 0x91, "an accessed flag cannot be written", S0_LOGGED, (w) =>
    w.scalable(1n).memory.failWrites(w.mapFirst(INPUT, OUTPUT)[1] ?? 0n),
  ),
  qualified("SGN.2", 0x81, "a user meets a supervisor's page", S0, (w) =>
    w.scalable(1n).mapFirst(INPUT, OUTPUT, { flags: P | RW }),
  ),
  qualified("SGN.2", 0x81, "a user meets a page below a supervisor's table", S0, (w) =>
    w.scalable(1n).mapFirst(INPUT, OUTPUT, { tableFlags: P | RW }),
  ),
  {
    ...qualified("SGN.6", 0x85, "a write meets a read-only first-stage page", READ_ONLY, (w) =>
      w.scalable(1n).mapFirst(INPUT, OUTPUT, { flags: P | US }),
    ),
    access: "write",
  },
  {
    ...qualified("SGN.1", 0x80, "the address is not canonical with 4 levels", S0, (w) =>
      w.scalable(1n).mapFirst(INPUT, OUTPUT),
    ),
    address: 1n << 47n,
  },
  {
    ...qualified("SGN.1", 0x80, "the address is not canonical with 5 levels", S0, (w) =>
      w.scalable(1n).setPasidField(131, 130, 1n),
    ),
    address: 1n << 56n,
  },
];

const SECOND_STAGE: readonly Scenario[] = [
  ...[1, 2, 3].map((step) =>
    qualified("SSS.1", 0x78, `second-stage entry ${step} below the first fails`, ABORTED, (w) =>
      w.scalable(2n).memory.failReads(w.mapSecond(INPUT, OUTPUT)[step] ?? 0n),
    ),
  ),
  ...[0, 1, 2, 3].map((step) =>
    qualified("SSS.2", 0x79, `second-stage entry ${step} has R=W=0`, S0, (w) =>
      w.scalable(2n).setField(w.mapSecond(INPUT, OUTPUT)[step] ?? 0n, 1, 0, 0n),
    ),
  ),
  qualified("SSS.2", 0x79, "the levels together leave no permission", S0, (w) =>
    w.scalable(2n).mapSecond(INPUT, OUTPUT, { flags: R, tableFlags: W }),
  ),
  qualified("SSS.2", 0x79, "I/O permissions are in use and clear, R and W are set", S0, (w) => {
    w.scalable(2n).mapSecond(INPUT, OUTPUT);
    w.enable(SCALABLE | SSIRWE);
  }),
  ...[0, 1, 2, 3].map((step) =>
    qualified("SSS.3", 0x7a, `second-stage entry ${step} has bit 46 set`, ABORTED, (w) =>
      w.scalable(2n).setField(w.mapSecond(INPUT, OUTPUT)[step] ?? 0n, 46, 46, 1n),
    ),
  ),
  ...[0, 1, 2].map((step) =>
    qualified("SSS.3", 0x7a, `SNP is set in second-stage table entry ${step}`, ABORTED, (w) =>
      w.scalable(2n).setField(w.mapSecond(INPUT, OUTPUT)[step] ?? 0n, 11, 11, 1n),
    ),
  ),
  {
    ...qualified("SSS.3", 0x7a, "SNP is set in a leaf without snoop control", ABORTED, (w) =>
      w.scalable(2n).mapSecond(INPUT, OUTPUT, { flags: R | W | SNP }),
    ),
    features: { SC: false },
  },
  qualified("SSS.3", 0x7a, "bit 62 is set, and I/O permissions are not in use", ABORTED, (w) =>
    w.scalable(2n).mapSecond(INPUT, OUTPUT, { flags: R | W | (1n << 62n) }),
  ),
  qualified("SSS.3", 0x7a, "a second-stage PML4 entry has PS set", ABORTED, (w) =>
    w.scalable(2n).mapSecond(INPUT, OUTPUT, { tableFlags: R | W | PS }),
  ),
  qualified("SSS.3", 0x7a, "a 2 MiB page has address bit 12 set", ABORTED, (w) =>
    w.scalable(2n).mapSecond(INPUT, 0x4000_1000n, { leaf: 2 }),
  ),
  {
    ...qualified(
      "SSS.3",
      0x7a,
      "a 1 GiB page is mapped, and only 2 MiB are supported",
      ABORTED,
      (w) => w.scalable(2n).mapSecond(INPUT, 0x4000_0000n, { leaf: 3 }),
    ),
    features: { SSLPS: 1 },
  },
  {
    ...qualified(
      "SSS.3",
      0x7a,
      "a 2 MiB page is mapped, and no large page supported",
      ABORTED,
      (w) => w.scalable(2n).mapSecond(INPUT, 0x4000_0000n, { leaf: 2 }),
    ),
    features: { SSLPS: 0 },
  },
  qualified("SSS.4", 0x7b, "the entry in the table at SSPTPTR cannot be read", ABORTED, (w) =>
    w.scalable(2n).memory.failReads(w.mapSecond(INPUT, OUTPUT)[0] ?? 0n),
  ),
  qualified("SSS.5", 0x7c, "a flag must be set in unsnooped second-stage tables", ABORTED, (w) => {
    w.scalable(2n).setPasidField(87, 87, 0n).setPasidField(9, 9, 1n);
    w.mapSecond(INPUT, OUTPUT);
  }),
  ...[0, 3].map((step) =>
    qualified(
      "SSS.6",
      0x7d,
      `the flags of second-stage entry ${step} cannot be written`,
      ABORTED,
      (w) => {
        w.scalable(2n).setPasidField(9, 9, 1n);
        w.memory.failWrites(w.mapSecond(INPUT, OUTPUT)[step] ?? 0n);
      },
    ),
  ),
  {
    ...qualified("SGN.5", 0x84, "the address is beyond the second stage", S0, (w) =>
      w.scalable(2n).mapSecond(INPUT, OUTPUT),
    ),
    address: 1n << 48n,
  },
  {
    ...qualified(
      "SGN.6",
      0x85,
      "an AtomicOp meets a second-stage page for reading",
      READ_ONLY,
      (w) => w.scalable(2n).mapSecond(INPUT, OUTPUT, { flags: R }),
    ),
    access: "atomic",
  },
  qualified("SGN.7", 0x86, "a read meets a second-stage page for writing", WRITE_ONLY, (w) =>
    w.scalable(2n).mapSecond(INPUT, OUTPUT, { flags: W }),
  ),
  {
    ...qualified("SGN.7", 0x86, "a read-only request meets a page for writing", S0, (w) =>
      w.scalable(2n).mapSecond(INPUT, OUTPUT, { flags: W }),
    ),
    noWrite: true,
  },
];

const NESTED: readonly Scenario[] = [
  qualified("SFS.4", 0x73, "nested: the first-stage root entry cannot be read", S0, (w) =>
    w.memory.failReads(nested(w)[0] ?? 0n),
  ),
  qualified("SFS.1", 0x70, "nested: another first-stage entry cannot be read", S0, (w) =>
    w.memory.failReads(nested(w)[2] ?? 0n),
  ),
  ...[0, 3].map((step) =>
    qualified(
      "SFS.5",
      0x74,
      `nested: entry ${step} has an address beyond the second stage`,
      S0,
      (w) => {
        const entry = nested(w)[step] ?? 0n;
        w.setField(entry, 39, 39, 1n).setField(SECOND_STAGE_ROOT, 0, 0, 0n);
        threeLevels(w);
      },
    ),
  ),
  qualified("SFS.6", 0x75, "nested: the second stage lets nobody read the root table", S0, (w) => {
    nested(w);
    w.mapGuestPage(FIRST_STAGE_ROOT, { flags: W });
  }),
  qualified("SFS.7", 0x76, "nested: the second stage lets nobody read another table", S0, (w) => {
    const table = (nested(w)[1] ?? 0n) & ~0xfffn;
    w.mapGuestPage(table - 0x1_0000_0000n, { flags: W });
  }),
  qualified("SFS.6", 0x75, "nested with SSADE: the root table cannot be written", S0, (w) => {
    nested(w);
    w.setPasidField(9, 9, 1n).mapGuestPage(FIRST_STAGE_ROOT, { flags: R });
  }),
  qualified("SFS.8", 0x77, "nested: a flag must be set in a table for reading", S0, (w) => {
    nested(w);
    w.mapGuestPage(FIRST_STAGE_ROOT, { flags: R });
  }),
  qualified("SFS.9", 0x90, "nested: a flag must be set in unsnooped tables", S0, (w) => {
    nested(w);
    w.setPasidField(87, 87, 0n);
  }),
  qualified("SFS.10", 0x91, "nested: a first-stage flag cannot be written", S0_LOGGED, (w) =>
    w.memory.failWrites(nested(w)[3] ?? 0n),
  ),
  qualified("SSS.2", 0x79, "nested: the first-stage root table is not mapped", S0, (w) => {
    nested(w);
    w.mapGuestPage(FIRST_STAGE_ROOT, { flags: 0n });
  }),
  qualified(
    "SSS.3",
    0x7a,
    "nested: the page of the first-stage root has reserved bits",
    ABORTED,
    (w) => {
      nested(w);
      w.mapGuestPage(FIRST_STAGE_ROOT, { flags: R | W | (1n << 46n) });
    },
  ),
  qualified("SSS.4", 0x7b, "nested: the second-stage root cannot be read", ABORTED, (w) => {
    nested(w);
    w.memory.failReads(SECOND_STAGE_ROOT);
  }),
  qualified("SSS.2", 0x79, "nested: the final page is not mapped", S0, (w) =>
    w.scalable(3n).mapFirst(INPUT, OUTPUT),
  ),
  {
    ...qualified(
      "SGN.6",
      0x85,
      "nested: a write meets a final page for reading",
      READ_ONLY,
      (w) => {
        nested(w);
        w.mapGuestPage(OUTPUT, { flags: R });
      },
    ),
    access: "write",
  },
  qualified("SGN.7", 0x86, "nested: a read meets a final page for writing", WRITE_ONLY, (w) => {
    nested(w);
    w.mapGuestPage(OUTPUT, { flags: W });
  }),
  qualified("SGN.2", 0x81, "nested: a user meets a supervisor's page", S0, (w) => {
    nested(w, P | RW);
  }),
];

const OUTPUTS: readonly Scenario[] = [
  {
    ...qualified(
      "SGN.4.2",
      0x83,
      "a pass-through address is beyond the host address width",
      S0,
      (w) => w.scalable(4n),
    ),
    address: 1n << 46n,
  },
  {
    ...qualified(
      "SGN.4.1",
      0x83,
      "a translated address is beyond the host address width",
      {},
      (w) => w.scalable(4n),
    ),
    address: 1n << 46n,
    answers: { TD: "UR", "TD+P": "UR" },
  },
  ...[1n, 2n, 3n].flatMap((pgtt) => {
    const arrange = (w: World): void => {
      w.scalable(pgtt);
      if (pgtt !== 2n) w.mapFirst(INPUT, pgtt === 3n ? OUTPUT : INTERRUPT_PAGE);
      if (pgtt !== 1n) w.mapSecond(pgtt === 3n ? OUTPUT : INPUT, INTERRUPT_PAGE);
    };
    return [
      qualified(
        "SGN.8.1",
        0x87,
        `PGTT ${pgtt} leads into the interrupt address range`,
        { U: "UR", "U+P": "UR" },
        arrange,
      ),
      qualified(
        "SGN.8.2",
        0x87,
        `PGTT ${pgtt} gives a page in the interrupt address range`,
        { TR: "CA", "TR+P": "CA" },
        arrange,
      ),
    ];
  }),
  {
    ...qualified(
      "SGN.8.1",
      0x87,
      "pass-through with PASID leads into the range",
      { "U+P": "UR" },
      (w) => w.scalable(4n),
    ),
    address: INTERRUPT_PAGE,
  },
  {
    ...qualified("SGN.8.3", 0x87, "a translated address lies in the range", {}, (w) =>
      w.scalable(4n),
    ),
    address: INTERRUPT_PAGE,
    answers: { TD: "UR", "TD+P": "UR" },
  },
  {
    ...qualified("IR.29", 0x29, "a read comes to the interrupt address range", { U: "UR" }, (w) =>
      w.scalable(4n),
    ),
    address: INTERRUPT_PAGE,
    qualified: false,
  },
];

export const WALK_SCENARIOS: readonly Scenario[] = [
  ...FIRST_STAGE,
  ...SECOND_STAGE,
  ...NESTED,
  ...OUTPUTS,
];

function qualified(
  condition: Scenario["condition"],
  reason: number,
  title: string,
  answers: Answers,
  arrange: (world: World) => unknown,
): Scenario {
  return { condition, reason, qualified: true, title, answers, arrange: (w) => void arrange(w) };
}

/** Maps INPUT to OUTPUT in the first stage, and that in the second; the first-stage entries. */
function nested(world: World, flags = P | RW | US): bigint[] {
  world.scalable(3n);
  const entries = world.mapFirst(INPUT, OUTPUT, { flags });
  world.mapGuestPage(OUTPUT);
  return entries;
}

/** Makes the second stage a 3-level table: its root becomes the table that entry 0 points to. */
function threeLevels(world: World): void {
  const root = world.word(SECOND_STAGE_ROOT) & 0xf_ffff_ffff_f000n;
  world.setPasidField(4, 2, 1n).setPasidField(63, 12, root >> 12n);
}
