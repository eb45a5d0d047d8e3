import { describe, expect, it } from "vitest";
import type { Step } from "../../host/oracle/index.js";
import { INPUT, OUTPUT } from "./scenarios/scenario.js";
import { LEGACY_CONTEXT, PASID, SID, World } from "./world.js";

interface Route {
  readonly name: string;
  readonly pasid: number | undefined;
  readonly build: () => World;
  /** Levels of the first and of the second stage; 0 without that stage. */
  readonly firstLevels: number;
  readonly secondLevels: number;
}

const EAFE = 135;
const SSADE = 9;

const ROUTES: readonly Route[] = [
  ...[3, 4, 5].map((levels) => ({
    name: `legacy mode with ${levels} levels`,
    pasid: undefined,
    firstLevels: 0,
    secondLevels: levels,
    build: () => {
      const world = new World().legacy().setField(LEGACY_CONTEXT, 66, 64, BigInt(levels - 2));
      world.mapSecond(INPUT, OUTPUT, { levels });
      return world;
    },
  })),
  ...[4, 5].map((levels) => ({
    name: `the first stage with ${levels} levels`,
    pasid: PASID,
    firstLevels: levels,
    secondLevels: 0,
    build: () => {
      const world = new World().scalable(1n).setPasidField(131, 130, BigInt(levels - 4));
      world.setPasidField(EAFE, EAFE, 1n).mapFirst(INPUT, OUTPUT, { levels });
      return world;
    },
  })),
  ...[3, 4, 5].map((levels) => ({
    name: `the second stage with ${levels} levels`,
    pasid: undefined,
    firstLevels: 0,
    secondLevels: levels,
    build: () => {
      const world = new World().scalable(2n).setPasidField(4, 2, BigInt(levels - 2));
      world.setPasidField(SSADE, SSADE, 1n).mapSecond(INPUT, OUTPUT, { levels });
      return world;
    },
  })),
  {
    name: "nested translation",
    pasid: PASID,
    firstLevels: 4,
    secondLevels: 4,
    build: () => {
      const world = new World().scalable(3n).setPasidField(SSADE, SSADE, 1n);
      world.mapFirst(INPUT, OUTPUT);
      world.mapGuestPage(OUTPUT);
      return world;
    },
  },
];

const CONDITION_OF_STRUCTURE: Record<string, string> = {
  "root entry": "LRT.1",
  "context entry": "LCT.1",
  "scalable-mode root entry": "SRT.1",
  "scalable-mode context entry": "SCT.1",
  "PASID-directory entry": "SPD.1",
  "PASID-table entry": "SPT.1",
};

describe("any access of the unit to memory may fail (§7.1.3)", () => {
  it.each(ROUTES)("in $name: a failing read is the condition of the entry read", (route) => {
    const steps = stepsOf(route);
    expect(steps.length).toBeGreaterThan(4);
    for (const { address } of steps) {
      const first = steps.find((step) => step.address === address);
      const world = route.build();
      world.memory.failReads(address);
      expect(write(world, route)).toMatchObject({
        status: "fault",
        condition: first === undefined ? undefined : readCondition(route, first),
        completion: "UR",
      });
    }
  });

  it.each(ROUTES)(
    "in $name: flags that cannot be written are the condition of the stage",
    (route) => {
      const steps = stepsOf(route);
      const written: bigint[] = [];
      const observed = route.build();
      observed.memory.beforeExchange = (address) => written.push(address);
      write(observed, route);
      const flagged = steps
        .filter(({ level }) => level !== undefined)
        .map(({ address }) => address);
      const legacy = route.name.startsWith("legacy");
      expect(new Set(written)).toEqual(new Set(legacy ? [] : flagged));

      for (const address of written) {
        const world = route.build();
        world.memory.failWrites(address);
        const structure = steps.find((step) => step.address === address)?.structure;
        expect(write(world, route)).toMatchObject({
          condition: structure === "first-stage entry" ? "SFS.10" : "SSS.6",
          completion: "UR",
        });
      }
    },
  );
});

function write({ oracle }: World, { pasid }: Route): unknown {
  return oracle.translate({ sourceId: SID, pasid, address: INPUT, access: "write" });
}

/** The entries that a successful write reads. */
function stepsOf(route: Route): readonly Step[] {
  const world = route.build();
  expect(write(world, route)).toMatchObject({ status: "ok" });
  return world.oracle.steps;
}

function readCondition(route: Route, step: Step): string | undefined {
  const legacy = route.name.startsWith("legacy");
  switch (step.structure) {
    case "first-stage entry":
      return step.level === route.firstLevels ? "SFS.4" : "SFS.1";
    case "second-stage entry":
      if (step.level === route.secondLevels) return legacy ? "LCT.4.3" : "SSS.4";
      return legacy ? "LSS.1" : "SSS.1";
    default:
      return CONDITION_OF_STRUCTURE[step.structure];
  }
}
