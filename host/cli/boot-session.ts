import type { Capabilities } from "../core/capabilities.js";
import type { Attachment } from "../emulators/v86/index.js";
import { SerialLog, type Check } from "./boot-checks.js";
import { bootCounters, type BootCounters } from "./boot-counters.js";
import { BootListener, type BootEvents } from "./boot-events.js";
import { TraceFile } from "./boot-trace.js";
import { recordedTo } from "./record-file.js";
import { SerialWriter } from "./serial-writer.js";
import { runGuest, type GuestOptions, type GuestOutcome } from "./guest-run.js";
import type { UnitOptions } from "./unit-options.js";

/** One run, as the command line asks for it. */
export interface RunOptions extends Omit<GuestOptions, "trace" | "tap"> {
  /** The image as the user named it. */
  readonly name: string;
  readonly traceFile: string | undefined;
  readonly recordFile: string | undefined;
}

/** Everything that a run left behind. */
export interface BootRecord extends GuestOutcome {
  readonly image: string;
  readonly seed: number;
  readonly unit: UnitOptions;
  /** What the unit reported of itself. */
  readonly capabilities: Capabilities;
  readonly checks: readonly Check[];
  readonly counters: BootCounters;
  readonly events: BootEvents;
}

/** Boots an image and writes its serial output to `show` as it comes. */
export async function bootImage(
  options: RunOptions,
  show: (text: Uint8Array) => void,
): Promise<BootRecord> {
  const trace = options.traceFile === undefined ? undefined : new TraceFile(options.traceFile);
  try {
    return await recordedTo(options.recordFile, (tap) => bootWith(options, show, { trace, tap }));
  } finally {
    trace?.close();
  }
}

async function bootWith(
  options: RunOptions,
  show: (text: Uint8Array) => void,
  { trace, tap }: { trace: TraceFile | undefined; tap: GuestOptions["tap"] },
): Promise<BootRecord> {
  const listener = new BootListener();
  const log = new SerialLog();
  const writer = new SerialWriter(show);
  const { attachment, outcome } = await runGuest(
    { ...options, trace: trace !== undefined, tap },
    {
      serial: (byte) => {
        writer.add(byte);
        if (log.add(byte)) listener.line();
      },
      attached: (attached: Attachment) => {
        listener.attached(attached);
        trace?.attached(attached);
      },
    },
  );
  log.end();
  writer.flush();
  return {
    ...judged(outcome, log.checks),
    image: options.name,
    seed: options.seed,
    unit: options.unit,
    capabilities: attachment.iommu.capabilities,
    checks: log.checks,
    counters: bootCounters(attachment),
    events: listener.events,
  };
}

/** A guest that says that all went well, and printed a check that failed, has failed. */
function judged(outcome: GuestOutcome, checks: readonly Check[]): GuestOutcome {
  const failed = checks.filter(({ ok }) => !ok).length;
  if (outcome.verdict !== "pass" || failed === 0) return outcome;
  return { ...outcome, verdict: "fail", reason: `${failed} checks failed` };
}
