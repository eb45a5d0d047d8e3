import { describe, expect, it } from "vitest";
import {
  Cell,
  Completion,
  describeRun,
  explore,
  formatTrace,
  Mutex,
  NotDeterministic,
  parseTrace,
  replayTrace,
  Resource,
  Violation,
  type Kernel,
  type Scenario,
} from "../../../host/driver/index.js";

/** Two tasks add one each to a variable, with a lock or without. */
const counter: Scenario = {
  name: "counter",
  about: "two tasks add one to a variable",
  variants: {
    locked: { expected: "sound", about: "under a mutex" },
    bare: { expected: "unsound", about: "load and store" },
  },
  setup(kernel, variant) {
    const count = new Cell(kernel, "count", 0);
    const lock = new Mutex(kernel, "lock");
    for (const name of ["left", "right"]) {
      kernel.spawn(name, function* () {
        if (variant === "locked") yield* lock.lock();
        yield* count.store((yield* count.load()) + 1);
        if (variant === "locked") yield* lock.unlock();
      });
    }
    kernel.atEnd(() => {
      if (count.value !== 2) throw new Violation("lost-update", `count is ${count.value}`);
    });
  },
};

const oneVariant = (setup: (kernel: Kernel) => void): Scenario => ({
  name: "s",
  about: "",
  variants: { v: { expected: "sound", about: "" } },
  setup,
});

describe("exhaustive exploration", () => {
  it("tries each order that matters once: two lock orders of the sound variant", async () => {
    const result = await explore(counter, { variant: "locked" });
    expect(result).toMatchObject({ exhaustive: true, interleavings: 2, violations: [] });
  });

  it("finds the lost update, and prints the shortest run that loses it", async () => {
    const { violations } = await explore(counter, { variant: "bare" });
    expect(violations.map(({ invariant }) => invariant)).toEqual(["lost-update"]);
    expect(describeRun(violations[0]!.run)).toBe(
      [
        "   1  left   load count: 0",
        "   2  right  load count: 0",
        "   3  right  store count: 0 -> 1",
        "   4  left   store count: 1 -> 1",
        "lost-update: count is 1",
        "replay: counter/bare: left right*2 left",
        "",
      ].join("\n"),
    );
  });

  it("replays a printed trace with the same end each time", async () => {
    const { violations } = await explore(counter, { variant: "bare" });
    for (let i = 0; i < 3; i++) {
      const run = await replayTrace(counter, parseTrace(violations[0]!.trace));
      expect(run.violation?.invariant).toBe("lost-update");
    }
  });

  it("ends the search for a shorter run that leaks, however long the run is", async () => {
    let steps = 0;
    const long = oneVariant((kernel) => {
      const lock = new Mutex(kernel, "lock");
      for (const name of ["honest", "forgetful"]) {
        kernel.spawn(name, function* () {
          const thing = kernel.heap.make("Thing", { x: 1 });
          for (let i = 0; i < 1000; i++) {
            steps += 1;
            yield* lock.hold(() => (thing === undefined ? lock.lock() : kernel.heap.free({})));
          }
          if (name === "honest") yield* kernel.heap.free(thing);
        });
      }
    });
    const options = { variant: "v", exhaustive: false, runs: 1 };
    const { violations } = await explore(long, options);
    expect(violations).toMatchObject([{ invariant: "leak" }]);
    expect(steps).toBeLessThan(200_000);
  });

  it("shortens a run that never ends to one task that goes on for ever", async () => {
    const scenario = {
      ...oneVariant((kernel) => {
        const status = new Resource(kernel, "status");
        for (const name of ["a", "b"]) {
          kernel.spawn(name, function* () {
            for (;;) yield* status.act("poll", () => undefined);
          });
        }
      }),
      maxSteps: 2000,
    };
    const { violations } = await explore(scenario, { variant: "v", exhaustive: false });
    expect(violations[0]!.trace).toBe("s/v: a*2000");
  });

  it("needs one run for tasks that share nothing", async () => {
    const apart = oneVariant((kernel) => {
      for (const name of ["a", "b", "c"]) {
        const own = new Cell(kernel, name, 0);
        kernel.spawn(name, function* () {
          for (let i = 0; i < 5; i++) yield* own.update((old) => old + 1);
        });
      }
    });
    const result = await explore(apart, { variant: "v" });
    expect(result).toMatchObject({ exhaustive: true, interleavings: 1, states: 15 });
  });

  it("says that it did not finish when the runs do not suffice", async () => {
    const result = await explore(counter, { variant: "locked", runs: 1 });
    expect(result).toMatchObject({ exhaustive: false, interleavings: 1 });
  });

  it("lets each allocation fail in turn", async () => {
    const scenario = oneVariant((kernel) => {
      kernel.spawn("user", function* () {
        const first = yield* kernel.heap.allocate("First", { x: 1 });
        if (!first) return;
        const second = yield* kernel.heap.allocate("Second", { x: 2 });
        if (!second) return; // forgets to free the first
        yield* kernel.heap.free(second);
        yield* kernel.heap.free(first);
      });
    });
    const { violations } = await explore(scenario, { variant: "v" });
    expect(violations).toMatchObject([{ invariant: "leak", message: "never freed: First#0.1" }]);
    expect(violations[0]!.trace).toBe("s/v fail=user:2: user*2");
    expect((await explore(scenario, { variant: "v", failures: false })).violations).toEqual([]);
  });

  it("refuses a scenario that does not do the same twice", async () => {
    let runs = 0;
    const moody = oneVariant((kernel) => {
      const cell = new Cell(kernel, "cell", 0);
      const count = runs++ % 2;
      kernel.spawn("a", () => (count === 0 ? cell.store(1) : new Completion(kernel, "c").wait()));
      kernel.spawn("b", () => cell.store(2));
    });
    await expect(explore(moody, { variant: "v" })).rejects.toThrow(NotDeterministic);
  });
});

describe("random exploration", () => {
  it("finds the same with the same seed", async () => {
    const options = { variant: "bare", exhaustive: false, seed: 7 } as const;
    const first = await explore(counter, options);
    expect(first.violations).toHaveLength(1);
    expect(await explore(counter, options)).toEqual(first);
  });

  it("counts states that are the same in another order once", async () => {
    const all = await explore(counter, { variant: "locked" });
    const some = await explore(counter, { variant: "locked", exhaustive: false, runs: 200 });
    expect(some).toMatchObject({ exhaustive: false, interleavings: 200 });
    expect(some.states).toBe(all.states);
  });
});

describe("what cannot finish", () => {
  it("tells which task waits for what, and who holds it", async () => {
    const crossed = oneVariant((kernel) => {
      const [a, b] = ["a", "b"].map((name) => new Mutex(kernel, name)) as [Mutex, Mutex];
      const both = (first: Mutex, second: Mutex) =>
        function* () {
          yield* first.lock();
          yield* second.lock();
          yield* second.unlock();
          yield* first.unlock();
        };
      kernel.spawn("one", both(a, b));
      kernel.spawn("two", both(b, a));
    });
    const { violations } = await explore(crossed, { variant: "v" });
    expect(violations).toMatchObject([
      {
        invariant: "deadlock",
        message: "one waits to lock b, held by two; two waits to lock a, held by one",
      },
    ]);
  });

  it("ends a task that never ends after maxSteps", async () => {
    const busy = {
      ...oneVariant((kernel) => {
        const resource = new Resource(kernel, "status");
        kernel.spawn("poller", function* () {
          for (;;) yield* resource.act("poll", () => undefined, { kind: "read" });
        });
      }),
      maxSteps: 50,
    };
    const { violations } = await explore(busy, { variant: "v" });
    expect(violations).toMatchObject([
      { invariant: "no-progress", message: "after 50 steps still at work: poller" },
    ]);
  });
});

describe("a trace", () => {
  it("keeps every name of a task", () => {
    const schedule = ["prq thread", "prq thread", "a_b*2~50%", "x:1/2"];
    const trace = { scenario: "s", variant: "v", fail: { task: "prq thread", nth: 3 }, schedule };
    const line = formatTrace(trace);
    expect(line).toBe("s/v fail=prq~thread:3: prq~thread*2 a_b%2a2%7e50%25 x:1/2");
    expect(parseTrace(line)).toEqual(trace);
  });
});

describe("misuse", () => {
  it("names the variants of a scenario", async () => {
    await expect(explore(counter, { variant: "wrong" })).rejects.toThrow(
      'counter has no variant "wrong"; it has locked, bare',
    );
  });

  it("refuses a trace of another scenario", async () => {
    await expect(replayTrace(counter, parseTrace("counter/bare: middle"))).rejects.toThrow(
      "step 1 of the trace is of middle, which cannot take one",
    );
    expect(() => parseTrace("nonsense")).toThrow('"nonsense" is no trace');
  });
});
