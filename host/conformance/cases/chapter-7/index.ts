import type { ConformanceCase } from "../../case.js";
import { faultEvents } from "./fault-events.js";
import { faultProcessingDisable } from "./fault-processing-disable.js";
import { faultRecording } from "./fault-recording.js";
import { pageRequestEvents } from "./page-request-events.js";
import { pageRequests } from "./page-requests.js";
import { table30General } from "./table-30-general.js";
import { table30Legacy } from "./table-30-legacy.js";
import { table30Mode } from "./table-30-mode.js";
import { table30Scalable } from "./table-30-scalable.js";
import { table30Walks } from "./table-30-walks.js";

/** Cases of chapter 7, one file to a topic. */
export const chapter7: readonly ConformanceCase[] = [
  ...[...table30Legacy, ...table30Mode, ...table30Scalable],
  ...[...table30Walks, ...table30General, ...faultProcessingDisable],
  ...[...faultRecording, ...faultEvents, ...pageRequests, ...pageRequestEvents],
];
