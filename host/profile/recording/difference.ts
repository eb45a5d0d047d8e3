import type { CounterName } from "../../core/layout.js";
import { formatSourceId } from "../../spec/source-id.js";
import type { RecordedCall } from "./recorded-call.js";
import { RecordingError } from "./recording-error.js";

const WHY = "the recording was changed, or is of a viommu that does something else";

/** Requests of devices that a call makes. */
export function requestsOf(call: RecordedCall): number {
  if ("request" in call) return 1;
  return call.kind === "translateBatch" ? call.requests.length : 0;
}

/** A call whose answer, messages or writes are others than in the recording; so many requests were before it. */
export function differentCall(
  file: string,
  { index, call }: { readonly index: number; readonly call: RecordedCall },
  requests: number,
): RecordingError {
  const which = requestsOf(call) === 0 ? `call ${index}` : `request ${requests} (call ${index})`;
  return new RecordingError(
    file,
    `has another outcome of ${which}, ${describe(call)}, than its replay: ${WHY}`,
  );
}

type Counters = Readonly<Record<CounterName, bigint>>;

/** A replay whose every call agrees, and whose end does not. */
export function differentEnd(
  file: string,
  end: {
    readonly calls: number;
    readonly recordedCalls: number;
    readonly counters: Counters;
    readonly recordedCounters: Counters;
  },
): RecordingError {
  const { calls, recordedCalls, counters, recordedCounters } = end;
  const names = Object.keys(recordedCounters) as CounterName[];
  const counter = names.find((name) => counters[name] !== recordedCounters[name]);
  const what =
    calls !== recordedCalls
      ? `${recordedCalls} calls at its end, and ${calls} before`
      : counter === undefined
        ? "another digest of all outcomes than its replay"
        : `counter ${counter} ${recordedCounters[counter]} at its end, and its replay ${counters[counter]}`;
  return new RecordingError(file, `has ${what}: ${WHY}`);
}

const hex = (value: bigint | number) => `0x${value.toString(16)}`;
// Whatever was recorded, checked or not.
const requester = (id: number) => (id <= 0xffff ? formatSourceId(id) : `source-id ${hex(id)}`);

function describe(call: RecordedCall): string {
  switch (call.kind) {
    case "readRegister":
    case "writeRegister":
      return `${call.kind} of ${hex(call.offset)}`;
    case "remapInterrupt":
      return `${call.kind} of ${requester(call.request.sourceId)}`;
    case "endAccess":
      return `${call.kind} of access ${call.begun}`;
    case "completeInvalidation":
      return `${call.kind} of ${requester(call.sourceId)}`;
    case "advance":
      return `${call.kind} by ${call.ticks}`;
    case "reset":
      return `${call.reset} reset`;
    case "translateBatch":
      return `${call.kind} of ${call.requests.length}`;
    default: {
      const { sourceId, pasid, address } = call.request;
      const space = pasid === undefined ? "" : `, PASID ${pasid}`;
      return `${call.kind} of ${requester(sourceId)}${space} at ${hex(address)}`;
    }
  }
}
