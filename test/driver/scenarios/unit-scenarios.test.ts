import { describe, expect, it } from "vitest";
import { explore } from "../../../host/driver/index.js";
import { hotRemoval } from "../../../host/driver/scenarios/hot-removal.js";
import { nestedReplace } from "../../../host/driver/scenarios/nested-replace.js";
import { overflowDuringDrain } from "../../../host/driver/scenarios/overflow-during-drain.js";
import { prqReportAgainstRemoval } from "../../../host/driver/scenarios/prq-report-against-removal.js";
import { ridDetachOrder } from "../../../host/driver/scenarios/rid-detach-order.js";
import { svaUnbind } from "../../../host/driver/scenarios/sva-unbind.js";
import { behaves } from "./behaves.js";

behaves(prqReportAgainstRemoval, {
  runs: 2000,
  exhaustive: true,
  caught: {
    "list-scan": ["use-after-free"],
    "get-device": ["use-after-free"],
    ordering: ["use-after-free"],
  },
});
behaves(svaUnbind, {
  runs: 300,
  exhaustive: false,
  caught: { "leave-first": ["use-after-free"], "no-flush": ["use-after-free"] },
});
behaves(ridDetachOrder, {
  runs: 2000,
  exhaustive: true,
  caught: { "leave-first": ["use-after-free"] },
});
behaves(nestedReplace, { runs: 2000, exhaustive: true, caught: { leak: ["warning"] } });
behaves(hotRemoval, {
  runs: 60,
  exhaustive: false,
  caught: {
    "no-tear-down": ["A-I1", "stale-pasid", "use-after-free"],
    "no-ring-scan": ["A-I1", "stale-pasid", "use-after-free"],
    "no-flush": ["use-after-free"],
    "rebind-no-hardware": ["A-I1", "stale-pasid"],
  },
});
behaves(overflowDuringDrain, {
  runs: 60,
  exhaustive: false,
  caught: { "does-not-wait": ["F-overflow"] },
});

describe("what the queue being left too early leads to", () => {
  const keepGoing = {
    ...{ variant: "leave-first", exhaustive: false, failures: false },
    ...{ stopAtFirst: false, runs: 400 },
  };

  it("CVE-2025-38594: a group is used that the removal has freed, and a handle that is gone", async () => {
    const { violations } = await explore(svaUnbind, keepGoing);
    const messages = violations.map(({ message }) => message);
    expect(messages).toContain("iopf_group#0.1 is used, process freed it");
    expect(messages).toContain("attach_handle#0.1 is used, process freed it");
  });

  it("candidate C1: the same for requests without PASID, and nobody warned of the device that is in no queue", async () => {
    const { violations } = await explore(ridDetachOrder, keepGoing);
    const handle = violations.find(({ message }) => message.startsWith("attach_handle"));
    expect(handle!.message).toBe("attach_handle#0.1 is used, host freed it");
    expect(handle!.run.warnings).toEqual([
      "group 3 of no PASID, 0x10000000, last is added to data of a removed device",
    ]);
    expect(violations.map(({ message }) => message)).toContain(
      "iopf_group#0.1 is used, host freed it",
    );
  });
});
