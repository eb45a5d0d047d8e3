import { describe, expect, it } from "vitest";
import {
  explore,
  parseTrace,
  replayTrace,
  responseAgainstRemoval,
  svaUnbind,
} from "../../../host/driver/index.js";

describe("a response against the removal of its device", () => {
  it.each(["mutex", "refcount-grace", "epoch"])(
    "%s: breaks no rule in any order",
    async (variant) => {
      const result = await explore(responseAgainstRemoval, { variant });
      expect(result).toMatchObject({ exhaustive: true, violations: [] });
    },
  );

  it("refcount: a reader between the pointer and the count finds memory that is gone", async () => {
    const { violations } = await explore(responseAgainstRemoval, { variant: "refcount" });
    const [found] = violations;
    expect(found!.message).toBe("FaultParam#0.1 is used, remover freed it");
    const last = found!.run.steps.filter(({ task }) => task === "reporter").slice(-2);
    expect(last.map(({ verb }) => verb)).toEqual(["follow", "take a reference, unless zero, of"]);
  });

  it("reobtain: an answer reaches the data of another life of the device", async () => {
    const { violations } = await explore(responseAgainstRemoval, { variant: "reobtain" });
    expect(violations[0]!.message).toMatch(
      /^a group of FaultParam#0\.1 is answered as one of FaultParam#\d\.\d$/,
    );
  });
});

describe("SVA unbind with page faults pending", () => {
  it("drain-first: breaks no rule in any order", async () => {
    const result = await explore(svaUnbind, { variant: "drain-first" });
    expect(result).toMatchObject({ exhaustive: true, violations: [] });
  });

  it("leave-first: CVE-2025-38594, a group is used that the removal has freed", async () => {
    const options = { variant: "leave-first", stopAtFirst: false, failures: false, runs: 1000 };
    const { violations } = await explore(svaUnbind, options);
    const freed = violations.find(({ invariant }) => invariant === "use-after-free");
    expect(freed!.message).toBe("iopf_group#0.1 is used, process freed it");
  });

  it("no-flush: a drain that does not wait for the work queue is no drain", async () => {
    const { violations } = await explore(svaUnbind, { variant: "no-flush" });
    expect(violations[0]!.invariant).toBe("use-after-free");
  });

  it.each(["leave-first", "no-flush"])(
    "%s: the replay fails the same way each time",
    async (variant) => {
      const { violations } = await explore(svaUnbind, { variant });
      for (let i = 0; i < 3; i++) {
        const run = await replayTrace(svaUnbind, parseTrace(violations[0]!.trace));
        expect(run.violation?.message).toBe(violations[0]!.message);
        expect(run.steps).toEqual(violations[0]!.run.steps);
      }
    },
  );
});
