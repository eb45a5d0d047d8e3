// #region scenario
import { attachedDevice, Cell, Completion, Iopf, type Group, type Scenario } from "viommu/driver";

const watchdog: Scenario = {
  name: "watchdog",
  about: "a worker answers a group, and a watchdog does if the worker is late",
  variants: {
    "look-first": { expected: "unsound", about: "looks whether it was answered, then notes it" },
    exchange: { expected: "sound", about: "does both in one step" },
  },
  setup(kernel, variant) {
    const iopf = new Iopf(kernel);
    const answered = new Cell(kernel, "answered", false);
    const arrived = new Completion(kernel, "arrived");
    let group!: Group;
    const { start, send } = attachedDevice(kernel, iopf, {
      pasid: 5,
      *handler(taken) {
        group = taken;
        yield* arrived.completeAll();
        return true;
      },
    });
    function* answer(code: "SUCCESS" | "INVALID") {
      yield* arrived.wait();
      if (variant === "exchange" ? yield* answered.exchange(true) : yield* answered.load()) return;
      yield* answered.store(true);
      yield* iopf.respond(group, code);
      yield* iopf.freeGroup(group);
    }
    kernel.spawn("device", function* () {
      if ((yield* start()) !== 0) return;
      yield* send({ pasid: 5, grpid: 1, last: true, address: 0x1000n, read: true, write: false });
    });
    kernel.spawn("worker", () => answer("SUCCESS"), { daemon: true });
    kernel.spawn("watchdog", () => answer("INVALID"), { daemon: true });
  },
};
// #endregion

// #region explore
import { describeRun, explore } from "viommu/driver";

const sound = await explore(watchdog, { variant: "exchange" });
console.log(sound.exhaustive, sound.violations.length); // => true, 0

const unsound = await explore(watchdog, { variant: "look-first" });
const [found] = unsound.violations;
console.log(found!.invariant); // => "use-after-free"
const lines = describeRun(found!.run).split("\n");
console.log(lines.at(-3)); // => "use-after-free: iopf_group#0.1 is used, watchdog freed it"
// #endregion

// #region replay
import { parseTrace, replayTrace } from "viommu/driver";

const again = await replayTrace(watchdog, parseTrace(found!.trace));
console.log(again.violation?.invariant); // => "use-after-free"
console.log(again.steps.length === found!.run.steps.length); // => true
// #endregion
