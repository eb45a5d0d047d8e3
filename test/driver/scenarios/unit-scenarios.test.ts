import { hotRemoval } from "../../../host/driver/scenarios/hot-removal.js";
import { nestedReplace } from "../../../host/driver/scenarios/nested-replace.js";
import { overflowDuringDrain } from "../../../host/driver/scenarios/overflow-during-drain.js";
import { prqReportAgainstRemoval } from "../../../host/driver/scenarios/prq-report-against-removal.js";
import { ridDetachOrder } from "../../../host/driver/scenarios/rid-detach-order.js";
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
behaves(ridDetachOrder, { runs: 2000, exhaustive: true, caught: { "leave-first": ["A-I7"] } });
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
