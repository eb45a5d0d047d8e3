import type { Scenario } from "../explore/index.js";
import { Completion } from "../kernel/index.js";
import { IommufdWorld } from "./iommufd-world.js";

const PASID = 5;

/** While a device asks for pages and user space answers, the domain is detached or replaced. */
export const faultQueueTeardown: Scenario = {
  name: "fault-queue-teardown",
  about: "detach and replace with groups that user space has read, and has not: who answers them",
  variants: {
    detach: { expected: "sound", about: "detach answers what is left, then frees the handle" },
    replace: { expected: "sound", about: "replace answers the groups of the old handle" },
    "close-first": { expected: "sound", about: "the file is closed, then the domain detached" },
    "no-drain": {
      expected: "unsound",
      about: "the driver does not wait for a report that is under way",
    },
    "no-answers": {
      expected: "unsound",
      about: "the handle is freed without answering its groups",
    },
  },
  setup(kernel, variant) {
    // A report that finds no fault data any more says so loudly, and is answered all the same.
    kernel.panicOnWarning = false;
    const world = new IommufdWorld(kernel, {
      device: { drains: variant !== "no-drain" },
      ...(variant === "no-answers" && { without: ["auto-response"] }),
    });
    const { iommufd, process } = world;
    const answered = new Completion(kernel, "answered");
    kernel.spawn("host", function* () {
      const queue = yield* world.attach(PASID);
      if (queue === undefined) return;
      const { fd, idev } = queue;
      const other = variant === "replace" ? yield* world.makeHwpt(queue) : undefined;
      kernel.spawn("device", function* () {
        yield* world.request({ pasid: PASID, grpid: 1 });
        yield* world.request({ pasid: PASID, grpid: 2, address: 0x2000n });
      });
      kernel.spawn("handler", function* () {
        const [message] = yield* world.read(fd);
        if (message !== undefined) yield* world.answer(fd, message.cookie, 0);
        yield* answered.complete();
      });
      if (variant === "close-first") yield* process.close(fd);
      if (other !== undefined) yield* iommufd.replace(idev, other, PASID);
      yield* iommufd.detach(idev, PASID);
      yield* answered.wait();
      // The device may go on: what comes now finds nobody, and is answered by the core.
      yield* world.tearDown(queue, PASID);
    });
  },
};
