import type { Scenario } from "../explore/index.js";
import {
  AttachTable,
  Iopf,
  makeDevice,
  ResponseLedger,
  type Domain,
  type Group,
  type LifetimeName,
} from "../iopf/index.js";
import { Completion, type Kernel } from "../kernel/index.js";

const variants = {
  mutex: { expected: "sound", about: "the device's lock around reports and responses" },
  "refcount-grace": {
    expected: "sound",
    about: "a count, and a grace period before the memory goes",
  },
  epoch: { expected: "sound", about: "a read section from the report to the response" },
  refcount: { expected: "unsound", about: "a count, and the memory goes at once" },
  reobtain: { expected: "unsound", about: "a count, but the response looks the data up again" },
} as const;

/**
 * A device sends two groups, a handler in user space answers them, and meanwhile the device is taken out of
 * its queue and put into it again.
 */
export const responseAgainstRemoval: Scenario = {
  name: "response-against-removal",
  about: "who keeps the fault data of a device while a response is under way",
  variants,
  setup(kernel: Kernel, variant: string) {
    // A report that finds no fault data any more says so loudly, and is answered all the same.
    kernel.panicOnWarning = false;
    const iopf = new Iopf(kernel, { lifetime: variant as LifetimeName });
    const attachments = new AttachTable(kernel);
    const pri = new ResponseLedger(kernel, "device");
    const device = kernel.heap.keep(
      makeDevice(kernel, "device", { group: { attachments }, pageResponse: pri.respond }),
    );
    const queue = kernel.heap.keep(iopf.makeQueue("iopfq"));
    const delivered = new Completion(kernel, "delivered");
    const groups: Group[] = [];
    const domain: Domain = {
      name: "user space",
      *iopfHandler(group) {
        yield* iopf.dequeue(group);
        groups.push(group);
        yield* delivered.complete();
        return true;
      },
    };
    const handle = kernel.heap.keep(kernel.heap.make("attach_handle", { domain }));

    let attached = false;
    kernel.spawn("remover", function* () {
      attached = (yield* iopf.addDevice(queue, device)) === 0;
      yield* attachments.store(handle, 5);
      if (!attached) return;
      yield* iopf.removeDevice(queue, device);
      if ((yield* iopf.addDevice(queue, device)) === 0) yield* iopf.removeDevice(queue, device);
    });
    kernel.spawn("reporter", function* () {
      for (const [grpid, last] of [
        [1, false],
        [1, true],
        [2, true],
      ] as const) {
        const fault = { pasid: 5, grpid, last, address: 0x1000n, read: true, write: false };
        yield* pri.send(fault);
        yield* iopf.report(device, fault);
      }
    });
    kernel.spawn(
      "responder",
      function* () {
        for (;;) {
          yield* delivered.wait();
          const group = groups.shift()!;
          yield* iopf.respond(group, "SUCCESS");
          yield* iopf.freeGroup(group);
        }
      },
      { daemon: true },
    );
  },
};
