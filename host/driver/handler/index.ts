/** A program that handles page faults of IOMMUFD, over whatever kernel there is. */
export {
  decodeFaults,
  encodeAnswers,
  FAULT_MESSAGE_BYTES,
  groupsOf,
  MalformedFaults,
  ANSWER_BYTES,
  type FaultMessage,
  type FaultAnswer,
  type AnswerCode,
} from "./fault-message.js";
export {
  FaultHandler,
  FaultQueueError,
  type FaultHandlerOptions,
  type HandledFaults,
} from "./fault-handler.js";
export { atOnce, runAtOnce, runWaiting, wait } from "./calls.js";
export type { ErrorName, FaultPort } from "./port.js";
export { processFaultPort } from "./process-port.js";
