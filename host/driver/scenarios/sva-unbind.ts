import type { Scenario } from "../explore/index.js";
import { AttachTable, Iopf, makeDevice, ResponseLedger, svaDomain } from "../iopf/index.js";
import { assertInvariant, Cell, Resource, type Kernel } from "../kernel/index.js";
import type { Fault } from "../iopf/index.js";

const variants = {
  "drain-first": {
    expected: "sound",
    about: "the entry is torn down and drained, then the queue left",
  },
  "leave-first": {
    expected: "unsound",
    about: "the queue is left, then the entry torn down (CVE-2025-38594)",
  },
  "no-flush": { expected: "unsound", about: "drained without waiting for the work queue" },
} as const;

/** Outstanding page requests that the device may have. */
const CREDIT = 2;
const PASID = 5;

/**
 * A process unbinds from a device that has page requests on the way: in the queue in memory, in the hands
 * of the thread that reads it, or with a worker. As in Linux 7.2, where leaving the queue frees groups.
 */
export const svaUnbind: Scenario = {
  name: "sva-unbind",
  about: "SVA unbind while page faults are pending, in both orders (CVE-2025-38594)",
  variants,
  setup(kernel: Kernel, variant: string) {
    // The kernel warns of a report too late, and goes on to what is worse.
    kernel.panicOnWarning = variant === "drain-first";
    const iopf = new Iopf(kernel, { behaviour: "strictLinux72" });
    const attachments = new AttachTable(kernel);
    const pri = new ResponseLedger(kernel, "device", { credit: CREDIT });
    const device = kernel.heap.keep(
      makeDevice(kernel, "device", { group: { attachments }, pageResponse: pri.respond }),
    );
    const queue = kernel.heap.keep(iopf.makeQueue("iopfq"));
    const mm = new Cell(kernel, "mm", "live");
    const domain = svaDomain("sva", {
      kernel,
      iopf,
      *handleFault() {
        assertInvariant(
          (yield* mm.load()) === "live",
          "stale-pasid",
          "a fault is handled in an address space that is gone",
        );
        return true;
      },
    });
    const ring = new Resource(kernel, "page request queue");
    const requests: Fault[] = [];
    let reading = false;
    const entry = new Cell(kernel, "PASID entry", "clear");

    kernel.spawn("device", function* () {
      for (const grpid of [1, 2]) {
        const fault = {
          pasid: PASID,
          grpid,
          last: true,
          address: 0x1000n,
          read: true,
          write: false,
        };
        yield* ring.act(
          `send group ${grpid} to`,
          () => {
            if (entry.value !== "present") return;
            pri.note(fault);
            requests.push(fault);
          },
          { also: [{ object: entry, kind: "read" }] },
        );
      }
    });
    kernel.spawn(
      "prq thread",
      function* () {
        for (;;) {
          const fault = yield* ring.act(
            "read",
            () => {
              reading = true;
              return requests.shift()!;
            },
            { ready: () => requests.length > 0 },
          );
          yield* iopf.report(device, fault);
          yield* ring.act("move the head of", () => {
            reading = false;
          });
        }
      },
      { daemon: true },
    );
    kernel.spawn("process", function* () {
      if ((yield* iopf.addDevice(queue, device)) !== 0) return;
      const handle = yield* kernel.heap.allocate("attach_handle", { domain });
      if (handle !== undefined) {
        yield* entry.store("present");
        yield* attachments.store(handle, PASID);
      }
      if (variant === "leave-first") yield* iopf.removeDevice(queue, device);
      yield* entry.store("clear");
      // Draining finds nothing to do when the device is in no queue any more.
      if (variant !== "leave-first") {
        yield* ring.act("drain", () => undefined, {
          ready: () => requests.length === 0 && !reading,
          waitingFor: () => `${requests.length} requests are in it`,
        });
        if (variant !== "no-flush") yield* iopf.flushDevice(device);
        yield* iopf.removeDevice(queue, device);
      }
      if (handle !== undefined) {
        yield* attachments.erase(PASID);
        yield* kernel.heap.free(handle);
      }
      yield* mm.store("gone");
    });
  },
};
