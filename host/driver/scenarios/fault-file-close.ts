import type { Scenario } from "../explore/index.js";
import { Completion } from "../kernel/index.js";
import { IommufdWorld } from "./iommufd-world.js";

/** The file of a fault object is closed, and the object destroyed, while a call is under way on it. */
export const faultFileClose: Scenario = {
  name: "fault-file-close",
  about: "read, write or poll while the file is closed and its object destroyed",
  variants: {
    read: { expected: "sound", about: "a reader; each call has a reference of the file" },
    write: { expected: "sound", about: "a writer; likewise" },
    poll: { expected: "sound", about: "a poller; likewise" },
    borrowed: {
      expected: "unsound",
      about: "a reader uses the file of the descriptor as it is: the object may go",
    },
  },
  setup(kernel, variant) {
    const world = new IommufdWorld(kernel, { process: { callsKeepFiles: variant !== "borrowed" } });
    const { iommufd, process } = world;
    const done = new Completion(kernel, "done");
    function* call(fd: number) {
      if (variant === "poll") yield* process.poll(fd);
      else if (variant === "write") yield* world.answer(fd, 1, 1);
      else yield* world.read(fd);
      yield* done.complete();
    }
    kernel.spawn("host", function* () {
      const queue = yield* world.attach();
      if (queue === undefined) return;
      const { fd, fault, hwpt } = queue;
      yield* iommufd.destroy({ id: hwpt });
      kernel.spawn("caller", () => call(fd));
      yield* process.close(fd);
      // EBUSY while the call is under way; it is tried again when that is over.
      yield* iommufd.destroy({ id: fault });
      yield* done.wait();
      yield* world.tearDown(queue);
    });
  },
};
