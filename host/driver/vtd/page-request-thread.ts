import type { Routine } from "../kernel/index.js";
import { readWord } from "../../tables/table-memory.js";
import { placeOf } from "./access.js";
import type { Fault } from "../iopf/index.js";
import type { Device } from "./device.js";
import { registerBit } from "./fields.js";
import { decodeRequest, judgeRequest, REQUEST_BYTES, type QueuedRequest } from "./page-request.js";
import type { VtdUnit } from "./unit.js";

const PRS = placeOf("PRS").offset;
const PQH = placeOf("PQH").offset;
const PPR = Number(registerBit("PRS", "PPR"));
export const PRO = Number(registerBit("PRS", "PRO"));

/** The thread of the page request interrupt: a daemon. */
export function* pageRequestThread(unit: VtdUnit): Routine {
  for (;;) {
    yield* unit.pageRequestInterrupt.wait();
    yield* takePageRequests(unit);
  }
}

/** prq_event_thread: takes what is in the queue; answers whether there was anything. */
export function* takePageRequests(unit: VtdUnit): Routine<boolean> {
  const { pageRequests, window } = unit;
  yield* pageRequests.act("clear PPR of", () => {
    window.write32(PRS, PPR);
  });
  const { tail, requests } = yield* pageRequests.act(
    "read PQT and PQH of",
    () => ({ tail: unit.pointer("PQT"), requests: queuedRequests(unit) }),
    { kind: "read" },
  );
  for (const request of requests) yield* takeRequest(unit, request);
  yield* pageRequests.act("write PQH of", () => {
    window.write64(PQH, BigInt(tail));
  });
  yield* afterOverflow(unit);
  if (!unit.drained.isDone) yield* unit.drained.complete();
  return requests.length > 0;
}

/** What stands between PQH and PQT. Hardware writes nothing there, and only the thread moves PQH. */
export function queuedRequests(unit: VtdUnit): QueuedRequest[] {
  const { base, bytes } = unit.booted.pageRequestQueue!;
  const tail = unit.pointer("PQT");
  const requests: QueuedRequest[] = [];
  for (let at = unit.pointer("PQH"); at !== tail; at = (at + REQUEST_BYTES) & (bytes - 1)) {
    const word = (n: number) => readWord(unit.memory, base + BigInt(at + 8 * n));
    requests.push(decodeRequest(word(0), word(1)));
  }
  return requests;
}

function* takeRequest(unit: VtdUnit, request: QueuedRequest): Routine {
  const { sourceId, fault } = request;
  const judgement = judgeRequest(request, unit.addressWidth);
  if (judgement === "stop") return;
  if (judgement === "ok") {
    const report = (device: Device) => reportTo(unit, device, fault);
    if (yield* unit.devices.report(sourceId, report)) return;
  }
  // A bad request: who waits for an answer gets one, whoever it is.
  if (fault.last) yield* unit.respond(sourceId, fault, "INVALID");
}

/** The result does not matter: the core has answered what it could not use. */
function* reportTo({ iopf }: VtdUnit, { iommu }: Device, fault: Fault): Routine {
  yield* iopf.report(iommu, fault);
}

/**
 * After an overflow the unit takes no requests until PRO is cleared. That is done only when nothing is left in
 * the queue: otherwise another interrupt comes for what is there.
 */
function* afterOverflow(unit: VtdUnit): Routine {
  const { pageRequests, window } = unit;
  const read = { kind: "read" } as const;
  const status = yield* pageRequests.act("read PRS of", () => window.read32(PRS), read);
  if ((status & PRO) === 0) return;
  const isEmpty = yield* pageRequests.act(
    "read PQH and PQT of",
    () => unit.pointer("PQH") === unit.pointer("PQT"),
    read,
  );
  if (!isEmpty) return;
  yield* unit.iopf.discardPartials(unit.queue);
  yield* pageRequests.act("clear PRO of", () => {
    window.write32(PRS, PRO);
  });
}
