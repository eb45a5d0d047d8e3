import type { Capabilities } from "../core/capabilities.js";
import type { QemuEnding, QemuRunOptions } from "../emulators/qemu/qemu-run.js";
import { runQemu } from "../emulators/qemu/qemu-run.js";
import type { VfioUserServer } from "../emulators/vfio-user/index.js";
import type { IommuOptions } from "../iommu.js";
import { SerialLog, type Check } from "./boot-checks.js";
import { bootCounters, type BootCounters } from "./boot-counters.js";
import { BootListener, type BootEvents } from "./boot-events.js";
import { TraceFile } from "./boot-trace.js";
import { ConsoleWatch } from "./console-watch.js";
import { PageRequestTimes, type PageRequestTimesSummary } from "./page-request-times.js";
import { recordedTo } from "./record-file.js";
import type { UnitOptions } from "./unit-options.js";

/** One run, as the command line asks for it. */
export interface QemuSessionOptions extends Omit<QemuRunOptions, "unit"> {
  readonly unit: UnitOptions;
  readonly traceFile: string | undefined;
  readonly recordFile: string | undefined;
  /** The run ends well when the guest has written this. */
  readonly expectedText: string | undefined;
}

/** Everything that a run left behind. */
export interface QemuRecord {
  readonly verdict: "pass" | "fail" | "crash" | "timeout";
  /** Why, where it is no pass. */
  readonly reason?: string;
  readonly wallMs: number;
  readonly unit: UnitOptions;
  readonly capabilities: Capabilities;
  readonly checks: readonly Check[];
  readonly counters: BootCounters;
  readonly events: BootEvents;
  /** If there were page requests. */
  readonly pageRequestTimes?: PageRequestTimesSummary;
}

/** Where a run tells what it has to tell. */
export interface QemuListener {
  /** The guest's console. */
  readonly show: (text: Uint8Array) => void;
  /** A line for the user. */
  readonly told: (what: string) => void;
}

/**
 * Runs a guest in QEMU.
 * @throws as `runQemu`, and UsageError if the trace or the recording cannot be written.
 */
export async function runQemuSession(
  options: QemuSessionOptions,
  listener: QemuListener,
): Promise<QemuRecord> {
  return recordedTo(options.recordFile, (tap) => runWith(options, listener, tap));
}

async function runWith(
  options: QemuSessionOptions,
  { show, told }: QemuListener,
  tap: IommuOptions["tap"],
): Promise<QemuRecord> {
  const { traceFile, expectedText, unit, ...run } = options;
  const trace = traceFile === undefined ? undefined : new TraceFile(traceFile);
  const listener = new BootListener();
  const log = new SerialLog();
  const watch = new ConsoleWatch(expectedText);
  const times = new PageRequestTimes(() => process.hrtime.bigint());
  let machine: VfioUserServer | undefined;
  let wallMs = 0;
  try {
    const ending = await runQemu(
      { ...run, unit: { ...unit, trace: true, tap }, between: (iommu) => times.between(iommu) },
      {
        serving: (server) => {
          machine = server;
          const { iommu } = server;
          listener.attached({
            iommu,
            onLostInterrupt: (lost) =>
              server.on("lostInterrupt", (message) => {
                lost(message, "not taken");
              }),
          });
          trace?.attached({ iommu });
          times.listenLast(iommu);
          server.on("interruptTaken", (message) => {
            times.interruptTaken(message);
          });
          wallMs = -performance.now();
        },
        console: (bytes) => {
          show(bytes);
          for (const byte of bytes) if (log.add(byte)) listener.line();
          return watch.add(bytes);
        },
        told,
      },
    );
    wallMs += performance.now();
    log.end();
    if (machine === undefined) throw new Error("a run has ended that never began");
    const pageRequestTimes = times.summary;
    return {
      ...judged(ending, log.checks, watch),
      wallMs,
      unit,
      capabilities: machine.iommu.capabilities,
      checks: log.checks,
      counters: bootCounters(machine),
      events: listener.events,
      ...(pageRequestTimes !== undefined && { pageRequestTimes }),
    };
  } finally {
    trace?.close();
  }
}

type Judgement = Pick<QemuRecord, "verdict" | "reason">;

/**
 * A guest that ends in order has passed if its kernel had no complaint, it wrote what was expected, and no
 * check failed.
 */
function judged(ending: QemuEnding, checks: readonly Check[], watch: ConsoleWatch): Judgement {
  if (ending.kind === "crash" || ending.kind === "timeout") {
    const said = watch.panic ?? watch.complaint;
    return { verdict: ending.kind, reason: `${ending.reason}${said ? ` (${said})` : ""}` };
  }
  if (watch.complaint !== undefined) {
    return { verdict: "fail", reason: `the kernel complained: ${watch.complaint}` };
  }
  const failed = checks.filter(({ ok }) => !ok).length;
  if (failed > 0) return { verdict: "fail", reason: `${failed} checks failed` };
  if (!watch.satisfied) {
    const text = JSON.stringify(watch.expected);
    return { verdict: "fail", reason: `the guest turned off, and never wrote ${text}` };
  }
  return { verdict: "pass" };
}
