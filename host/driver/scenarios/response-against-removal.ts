import type { Scenario } from "../explore/index.js";
import { attachedDevice, Iopf, type Group, type LifetimeName } from "../iopf/index.js";
import { Completion, type Kernel } from "../kernel/index.js";

const PASID = 5;

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
 * A device sends a group of two requests, a handler in user space answers it, and meanwhile the device is taken out of
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
    const delivered = new Completion(kernel, "delivered");
    const groups: Group[] = [];
    const { device, queue, start, send } = attachedDevice(kernel, iopf, {
      pasid: PASID,
      *handler(group) {
        yield* iopf.dequeue(group);
        groups.push(group);
        yield* delivered.complete();
        return true;
      },
    });
    kernel.spawn("remover", function* () {
      if ((yield* start()) !== 0) return;
      yield* iopf.removeDevice(queue, device);
      if ((yield* iopf.addDevice(queue, device)) === 0) yield* iopf.removeDevice(queue, device);
    });
    kernel.spawn("reporter", function* () {
      const page = { pasid: PASID, grpid: 1, address: 0x1000n, read: true, write: false };
      yield* send({ ...page, last: false });
      yield* send({ ...page, last: true });
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
