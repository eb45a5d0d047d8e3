import type { Scenario } from "../explore/index.js";
import { Completion, type Routine } from "../kernel/index.js";
import { IommufdWorld } from "./iommufd-world.js";

type Call = "read" | "write" | "poll";

function callsOf(variant: string): readonly Call[] {
  if (variant === "together") return ["read", "write", "poll"];
  return [variant === "borrowed" ? "read" : (variant as Call)];
}

/** The file of a fault object is closed, and the object destroyed, while a call is under way on it. */
export const faultFileClose: Scenario = {
  name: "fault-file-close",
  about: "read, write or poll while the file is closed and its object destroyed",
  variants: {
    read: { expected: "sound", about: "a reader; each call has a reference of the file" },
    write: { expected: "sound", about: "a writer; likewise" },
    poll: { expected: "sound", about: "a poller; likewise" },
    together: { expected: "sound", about: "a reader, a writer and a poller at the same time" },
    borrowed: {
      expected: "unsound",
      about: "a reader uses the file of the descriptor as it is: the object may go",
    },
  },
  setup(kernel, variant) {
    const world = new IommufdWorld(kernel, { process: { callsKeepFiles: variant !== "borrowed" } });
    const { iommufd, process } = world;
    const calls: Readonly<Record<Call, (fd: number) => Routine<unknown>>> = {
      read: (fd) => world.read(fd),
      write: (fd) => world.answer(fd, 1, 1),
      poll: (fd) => process.poll(fd),
    };
    const made = callsOf(variant);
    // One for each: their ends need no order.
    const done = made.map((name) => new Completion(kernel, `${name} done`));
    kernel.spawn("host", function* () {
      const queue = yield* world.attach();
      if (queue === undefined) return;
      const { fd, fault, hwpt } = queue;
      yield* iommufd.destroy({ id: hwpt });
      for (const [n, name] of made.entries()) {
        kernel.spawn(name, function* () {
          yield* calls[name](fd);
          yield* done[n]!.complete();
        });
      }
      yield* process.close(fd);
      // EBUSY while the call is under way; it is tried again when that is over.
      yield* iommufd.destroy({ id: fault });
      for (const each of done) yield* each.wait();
      yield* world.tearDown(queue);
    });
  },
};
