import type { ConformanceCase } from "../../case.js";
import { firstStageFlags } from "./first-stage-flags.js";
import { firstStageRights } from "./first-stage-rights.js";
import { nested } from "./nested.js";
import { pageWalks } from "./page-walks.js";
import { passThrough } from "./pass-through.js";
import { secondStageFlags } from "./second-stage-flags.js";
import { secondStageRights } from "./second-stage-rights.js";
import { snoopedWalks } from "./snooped-walks.js";
import { sources } from "./sources.js";
import { specialRequests } from "./special-requests.js";

/** Cases of chapter 3, one file to a topic. */
export const chapter3: readonly ConformanceCase[] = [
  ...[...sources, ...pageWalks, ...firstStageRights, ...firstStageFlags],
  ...[...secondStageRights, ...secondStageFlags, ...nested, ...passThrough],
  ...[...snoopedWalks, ...specialRequests],
];
