/** The words that a request of the worlds fetches, found by the tables and not by the unit. */
import { GUEST, INPUT, LegacyWorld, PASID, SID, type ScalableWorld } from "./worlds.js";

export interface Fetch {
  readonly address: bigint;
  /** The condition of Table 30 for a failing read of this word. */
  readonly readFault: string;
  /** The condition for a failing update of its flags; undefined if the unit never writes it. */
  readonly updateFault: string | undefined;
}

type Walked = readonly { readonly address: bigint; readonly level: number }[];

/** The fetches of a request with PASID for INPUT, in order; an entry met twice is listed twice. */
export function fetchesOf(world: LegacyWorld | ScalableWorld): Fetch[] {
  return world instanceof LegacyWorld ? legacyFetches(world) : scalableFetches(world);
}

function entry(address: bigint, words: number, readFault: string): Fetch[] {
  return Array.from({ length: words }, (_, word) => ({
    address: address + 8n * BigInt(word),
    readFault,
    updateFault: undefined,
  }));
}

function walk(steps: Walked, root: string, below: string, updateFault: string | undefined) {
  const top = steps[0]!.level;
  return steps.map(({ address, level }): Fetch => ({
    address,
    readFault: level === top ? root : below,
    updateFault,
  }));
}

function legacyFetches(world: LegacyWorld): Fetch[] {
  const { root, context } = world.tables.entryAddresses(SID);
  return [
    ...entry(root, 2, "LRT.1"),
    ...entry(context, 2, "LCT.1"),
    ...walk(world.second.walk(INPUT), "LCT.4.3", "LSS.1", undefined),
  ];
}

function scalableFetches(world: ScalableWorld): Fetch[] {
  const { root, context, directory, pasid } = world.tables.entryAddresses(SID, PASID);
  return [
    ...entry(root, 2, "SRT.1"),
    ...entry(context, 4, "SCT.1"),
    ...entry(directory, 1, "SPD.1"),
    ...entry(pasid, 8, "SPT.1"),
    ...pagingFetches(world),
  ];
}

function pagingFetches(world: ScalableWorld): Fetch[] {
  const ssade = world.tables.pasidEntry(SID, PASID).get("SSADE") === 1n;
  const secondStage = (address: bigint) =>
    walk(world.second.walk(address), "SSS.4", "SSS.1", ssade ? "SSS.6" : undefined);
  switch (world.kind) {
    case "pass-through":
      return [];
    case "second-stage":
      return secondStage(INPUT);
    case "first-stage":
      return walk(world.first.walk(INPUT), "SFS.4", "SFS.1", "SFS.10");
    case "nested": {
      const tables = world.first.walk(INPUT).flatMap(({ address, level }): Fetch[] => [
        ...secondStage(address),
        {
          address: world.second.lookup(address)!.physical,
          readFault: level === world.first.levels ? "SFS.4" : "SFS.1",
          updateFault: "SFS.10",
        },
      ]);
      return [...tables, ...secondStage(GUEST)];
    }
  }
}
