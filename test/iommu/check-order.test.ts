import { describe, expect, it } from "vitest";
import type { Column, RequestFields } from "./conditions/row.js";
import { poisonReads, scalable } from "./conditions/scalable.js";
import { send } from "./provoke.js";
import { Unit, type UnitOptions } from "./unit.js";
import { INPUT, LegacyWorld, SID, type Kind, type ScalableWorld } from "./worlds.js";

/** Two things are wrong at once: which is reported. */
interface Conflict {
  readonly reported: string;
  readonly over: string;
  readonly kind?: Kind;
  readonly spoil: (world: ScalableWorld) => void;
  readonly column?: Column;
  readonly request?: RequestFields;
  readonly unit?: UnitOptions;
}

const conflicts: readonly Conflict[] = [
  {
    reported: "RTA.5",
    over: "SRT.1",
    unit: { version: 0x80 },
    spoil: (w) => poisonReads(w, w.tables.rootEntry(SID).address),
    request: { execute: true },
  },
  {
    reported: "SCT.3",
    over: "SCT.4.1",
    spoil: (w) => w.contextEntry.set({ DTE: 0 }).setBits(8, 8, 1),
  },
  {
    reported: "SCT.4.1",
    over: "SCT.4.2",
    spoil: (w) => w.contextEntry.set({ DTE: 0, RID_PASID: 0x2000 }),
  },
  {
    reported: "SCT.4.2",
    over: "SCT.6",
    spoil: (w) => w.contextEntry.set({ PASIDE: 0, RID_PASID: 0x2000 }),
  },
  {
    reported: "SCT.5",
    over: "SCT.6",
    column: "TR+P",
    spoil: (w) => w.contextEntry.set({ DTE: 0, PRE: 0, PASIDE: 0 }),
  },
  {
    reported: "SCT.6",
    over: "SCT.7",
    spoil: (w) => w.contextEntry.set({ PASIDE: 0 }),
    request: { pasid: 0x2000 },
  },
  {
    reported: "SCT.6",
    over: "SCT.8",
    column: "PR+P",
    spoil: (w) => w.contextEntry.set({ PASIDE: 0, PRE: 0 }),
  },
  {
    reported: "SCT.7",
    over: "SGN.10",
    unit: { capabilities: { PSS: 6 } },
    spoil: () => {},
    request: { pasid: 0x2000 },
  },
  {
    reported: "SCT.7",
    over: "SCT.8",
    column: "PR+P",
    spoil: (w) => w.contextEntry.set({ PRE: 0 }),
    request: { pasid: 0x2000 },
  },
  {
    reported: "SCT.8",
    over: "SCT.9",
    column: "PR+P",
    spoil: (w) => w.contextEntry.set({ PRE: 0 }),
    request: { pasid: 9 },
  },
  {
    reported: "SCT.9",
    over: "SGN.10",
    unit: { capabilities: { PSS: 6 } },
    spoil: (w) => w.contextEntry.set({ RID_PASID: 200 }),
    request: { pasid: 200 },
  },
  {
    reported: "SGN.10",
    over: "SPD.1",
    unit: { capabilities: { PSS: 6 } },
    spoil: (w) => poisonReads(w, w.contextEntry.get("PASIDDIRPTR") + 16n),
    request: { pasid: 128 },
  },
  {
    reported: "SPT.3",
    over: "SPT.4.2",
    spoil: (w) => w.eachPasidEntry((entry) => entry.set({ PGTT: 7 }).setBits(5, 5, 1)),
  },
  {
    reported: "SPT.4.1",
    over: "SPT.4.2",
    kind: "nested",
    unit: { capabilities: { NEST: 0 } },
    spoil: (w) => w.eachPasidEntry((entry) => entry.set({ AW: 0 })),
  },
  {
    reported: "SPT.4.2",
    over: "SPT.4.3",
    kind: "nested",
    unit: { capabilities: { NEST: 0 } },
    spoil: (w) => w.eachPasidEntry((entry) => entry.set({ FSPM: 2 })),
  },
  {
    reported: "SPT.4.3",
    over: "SPT.4.4",
    kind: "nested",
    spoil: (w) => w.eachPasidEntry((entry) => entry.set({ AW: 1, FSPM: 2, FSPTPTR: 1n << 39n })),
  },
  {
    reported: "SPT.4.3",
    over: "SPT.5",
    spoil: (w) => w.eachPasidEntry((entry) => entry.set({ FSPM: 3 })),
    request: { execute: true },
  },
  {
    reported: "SPT.5",
    over: "SPT.6",
    spoil: () => {},
    request: { execute: true, privileged: true },
  },
  {
    reported: "SPT.6",
    over: "SGN.1",
    spoil: () => {},
    request: { privileged: true, address: 1n << 47n },
  },
  {
    reported: "SGN.1",
    over: "SFS.4",
    spoil: (w) => poisonReads(w, w.first.pointer),
    request: { address: 1n << 63n },
  },
  {
    reported: "SGN.5",
    over: "SSS.4",
    kind: "second-stage",
    spoil: (w) => poisonReads(w, w.second.pointer),
    request: { address: 1n << 48n },
  },
  {
    reported: "SFS.3",
    over: "SFS.5",
    kind: "nested",
    spoil: (w) => {
      w.eachPasidEntry((entry) =>
        entry.set({ AW: 1, SSPTPTR: w.second.walk(INPUT)[0]!.value & ~0xfffn }),
      );
      w.first
        .entry(INPUT, 1)
        .set({ ADDR: 1n << 39n })
        .setBits(46, 46, 1);
    },
  },
  {
    reported: "SFS.5",
    over: "SFS.10",
    kind: "nested",
    spoil: (w) => {
      const host = w.second.lookup(w.first.entryAddress(INPUT, 1))!.physical;
      w.eachPasidEntry((entry) =>
        entry.set({ AW: 1, SSPTPTR: w.second.walk(INPUT)[0]!.value & ~0xfffn }),
      );
      w.first.entry(INPUT, 1).set({ ADDR: 1n << 39n });
      w.unit.memory.poison(host, 8, { reads: false });
    },
  },
  {
    reported: "SGN.2",
    over: "SGN.6",
    spoil: (w) => w.first.entry(INPUT, 1).set({ US: 0, RW: 0 }),
    request: { access: "write" },
  },
  {
    reported: "SGN.6",
    over: "SGN.8.1",
    spoil: (w) => w.first.entry(INPUT, 1).set({ RW: 0, ADDR: 0xfee0_0000n }),
    request: { access: "write" },
  },
  {
    reported: "SGN.6",
    over: "SSS.1",
    kind: "nested",
    spoil: (w) => {
      poisonReads(w, w.second.entryAddress(0x5_4321_0000n, 1));
      w.first.entry(INPUT, 1).set({ RW: 0 });
    },
    request: { access: "write" },
  },
  {
    reported: "SSS.3",
    over: "SSS.2",
    kind: "second-stage",
    spoil: (w) => {
      w.second.entry(INPUT, 2).set({ R: 0 });
      w.second.entry(INPUT, 1).set({ W: 0 }).setBits(50, 50, 1);
    },
  },
];

describe("VTD-7.1.3: requests with two things wrong", () => {
  it.each(conflicts.map((conflict) => [conflict.reported, conflict.over, conflict] as const))(
    "VTD-7.1.3: %s is reported, not %s (choices R3, W1, W2, W7)",
    async (reported, _over, { kind = "first-stage", spoil, column, request, unit: options }) => {
      const unit = await Unit.create(options);
      scalable(kind, (world) => spoil(world))(unit).start();
      const outcome = send(unit, column ?? "U+P", request ?? {});
      expect(outcome.condition).toBe(reported);
    },
  );

  it("VTD-7.1.3: in legacy mode: AW before TT, and both before ATS is refused", async () => {
    const unit = await Unit.create();
    const world = new LegacyWorld(unit, { deviceTlb: false }).map();
    const begin = unit.stage(world.rootTableAddress);
    const answer = (fields: Parameters<typeof world.contextEntry.set>[0]) => {
      begin();
      world.contextEntry.set(fields);
      return send(unit, "TR", {}).condition;
    };
    expect(answer({ AW: 0, TT: 3 })).toBe("LCT.4.1");
    expect(answer({ TT: 3 })).toBe("LCT.4.2");
    expect(answer({})).toBe("LCT.5");
  });

  it("VTD-7.1.3: an AtomicOp that lacks both permissions is reported as a write (choice R9)", async () => {
    const unit = await Unit.create();
    const world = new LegacyWorld(unit).map({ second: { write: false } });
    world.second.entry(INPUT, 2).set({ R: 0 });
    world.start();
    expect(send(unit, "U", { access: "atomic" })).toMatchObject({ condition: "LGN.2" });
  });
});
