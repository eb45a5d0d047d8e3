import { MOST_POLLS, read, UnitBroken, write, type AccessSequence } from "./access.js";
import type { QueueDescriptor } from "./descriptors.js";
import type { QueueRing } from "./queue-ring.js";

/** One descriptor, waited for: only the boot processor runs yet. */
export function* invalidateAlone(ring: QueueRing, descriptor: QueueDescriptor): AccessSequence {
  const submission = ring.fill([descriptor], false);
  yield* write("IQT", ring.tail, 4);
  for (let polls = 0; !ring.isDone(submission); polls++) {
    if (polls === MOST_POLLS) throw new UnitBroken(`${descriptor.about}: never done`);
    yield* read("FSTS");
  }
  ring.release(submission);
}
