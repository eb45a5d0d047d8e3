import { describe, expect, it } from "vitest";
import {
  Cell,
  Completion,
  Epochs,
  Interrupt,
  Kernel,
  Mutex,
  RcuPointer,
  Refcount,
  Rwsem,
  Spinlock,
  WaitQueue,
  Work,
  WorkQueue,
  type Routine,
} from "viommu/driver";

/** Runs tasks each as far as it can go, in the order given; answers the name of the rule that broke. */
function run(kernel: Kernel, ...codes: (() => Routine<unknown>)[]): string | undefined {
  codes.forEach((code, index) => kernel.spawn(`t${index}`, code));
  try {
    kernel.settle();
  } catch {
    return kernel.violation!.invariant;
  }
  kernel.finish();
  return kernel.violation?.invariant;
}

describe("memory", () => {
  it("names the use of released memory at once, with slot and generation", () => {
    const kernel = new Kernel();
    const thing = kernel.heap.make("Thing", { value: 1 });
    const broken = run(kernel, function* () {
      yield* kernel.heap.free(thing);
      thing.value += 1;
    });
    expect(broken).toBe("use-after-free");
    expect(kernel.violation!.message).toBe("Thing#0.1 is used, t0 freed it");
  });

  it("gives a slot out again as another generation", () => {
    const kernel = new Kernel();
    const labels: string[] = [];
    const broken = run(kernel, function* () {
      for (let i = 0; i < 3; i++) {
        const thing = (yield* kernel.heap.allocate("Thing", { value: i }))!;
        labels.push(kernel.heap.label(thing));
        yield* kernel.heap.free(thing);
      }
    });
    expect(broken).toBeUndefined();
    expect(labels).toEqual(["Thing#0.1", "Thing#0.2", "Thing#0.3"]);
  });

  it("finds a lock, a count or a variable that died with the memory around it", () => {
    for (const use of [
      (k: Kernel) => ({ part: new Mutex(k, "part"), use: (p: unknown) => (p as Mutex).lock() }),
      (k: Kernel) => ({
        part: new Refcount(k, "part"),
        use: (p: unknown) => (p as Refcount).get(),
      }),
      (k: Kernel) => ({ part: new Cell(k, "part", 1), use: (p: unknown) => (p as Cell<1>).load() }),
    ]) {
      const kernel = new Kernel();
      const { part, use: touch } = use(kernel);
      const thing = kernel.heap.make("Thing", { part });
      expect(part.name).toBe("Thing#0.1.part");
      const broken = run(kernel, function* () {
        yield* kernel.heap.free(thing);
        yield* touch(part) as Routine<unknown>;
      });
      expect(broken).toBe("use-after-free");
    }
  });

  it("finds a double free, and a leak unless the object is kept", () => {
    const kernel = new Kernel();
    const thing = kernel.heap.make("Thing", {});
    const twice = run(kernel, function* () {
      yield* kernel.heap.free(thing);
      yield* kernel.heap.free(thing);
    });
    expect(twice).toBe("double-free");
    const other = new Kernel();
    other.heap.keep(other.heap.make("Kept", {}));
    other.heap.make("Lost", {});
    expect(run(other)).toBe("leak");
    expect(other.violation!.message).toBe("never freed: Lost#0.1");
  });
});

describe("counts", () => {
  it("trap instead of wrapping", () => {
    const code = (steps: (count: Refcount) => Routine<unknown>) => {
      const kernel = new Kernel();
      return run(kernel, () => steps(new Refcount(kernel, "count")));
    };
    expect(
      code(function* (count) {
        yield* count.put();
        yield* count.put();
      }),
    ).toBe("refcount-underflow");
    expect(
      code(function* (count) {
        yield* count.put();
        yield* count.get();
      }),
    ).toBe("refcount-resurrected");
    expect(code((count) => count.getUnlessZero())).toBeUndefined();
    const kernel = new Kernel();
    expect(run(kernel, () => new Refcount(kernel, "count", 0x3fff_ffff).get())).toBe(
      "refcount-saturated",
    );
  });
});

describe("locks", () => {
  it("are released by their owner only", () => {
    const kernel = new Kernel();
    const lock = new Mutex(kernel, "lock");
    expect(
      run(
        kernel,
        () => lock.lock(),
        () => lock.unlock(),
      ),
    ).toBe("lock-misuse");
  });

  it("a task that locks twice waits for itself", () => {
    const kernel = new Kernel();
    const lock = new Mutex(kernel, "lock");
    const broken = run(kernel, function* () {
      yield* lock.lock();
      yield* lock.lock();
    });
    expect(broken).toBe("deadlock");
    expect(kernel.violation!.message).toBe("t0 waits to lock lock, held by t0");
  });

  it("a reader that wants to write a semaphore waits for ever", () => {
    const kernel = new Kernel();
    const rwsem = new Rwsem(kernel, "rwsem");
    const broken = run(kernel, function* () {
      yield* rwsem.downRead();
      yield* rwsem.downWrite();
    });
    expect(broken).toBe("deadlock");
    expect(kernel.violation!.message).toContain("held for reading by t0");
  });

  it("nobody sleeps under a spinlock or in an RCU read section", () => {
    for (const enter of [
      (kernel: Kernel) => new Spinlock(kernel, "spinlock").lock(),
      (kernel: Kernel) => kernel.rcu.readLock(),
    ]) {
      const kernel = new Kernel();
      const mutex = new Mutex(kernel, "mutex");
      const broken = run(kernel, function* () {
        yield* enter(kernel);
        yield* mutex.lock();
      });
      expect(broken).toBe("sleep-in-atomic");
    }
  });
});

describe("RCU", () => {
  it("runs a callback when the readers of its moment have left, not those that came later", () => {
    const kernel = new Kernel();
    const order: string[] = [];
    const leave = new Completion(kernel, "leave");
    const epochs = new Epochs(kernel, "epochs");
    const broken = run(
      kernel,
      function* () {
        const section = yield* epochs.enter();
        yield* leave.wait();
        order.push("leave");
        yield* epochs.leave(section);
      },
      function* () {
        // eslint-disable-next-line require-yield -- says when
        yield* epochs.call("callback", function* () {
          order.push("callback");
        });
        yield* epochs.enter(); // stays
        yield* leave.complete();
      },
    );
    expect(broken).toBeUndefined();
    expect(order).toEqual(["leave", "callback"]);
  });

  it("a pointer is followed in a read section only", () => {
    const kernel = new Kernel();
    const pointer = new RcuPointer<object>(kernel, "pointer", {});
    expect(run(kernel, () => pointer.dereference())).toBe("rcu-misuse");
  });

  it("a reader that waits for a grace period waits for itself", () => {
    const kernel = new Kernel();
    const epochs = new Epochs(kernel, "srcu");
    const broken = run(kernel, function* () {
      yield* epochs.enter();
      yield* epochs.synchronize();
    });
    expect(broken).toBe("deadlock");
    expect(kernel.violation!.message).toContain("read by t0");
  });
});

describe("work queues", () => {
  it("queue a work once at a time, and never run it twice at once", () => {
    const kernel = new Kernel();
    const queue = new WorkQueue(kernel, "queue");
    const answers: unknown[] = [];
    let running = 0;
    const step = new Cell(kernel, "step", 0);
    const work = new Work(kernel, "work", function* () {
      running += 1;
      yield* step.load();
      answers.push(running);
      running -= 1;
    });
    const broken = run(kernel, function* () {
      answers.push(yield* queue.queue(work), yield* queue.queue(work));
      yield* queue.flush();
      answers.push("flushed");
      yield* queue.queue(work);
    });
    expect(broken).toBeUndefined();
    expect(answers).toEqual([true, false, 1, "flushed", 1]);
  });

  it("of one active item run in the order of queueing", () => {
    const kernel = new Kernel();
    const queue = new WorkQueue(kernel, "queue", { maxActive: 1 });
    const order: number[] = [];
    const cell = new Cell(kernel, "cell", 0);
    const works = [0, 1, 2].map(
      (n) =>
        new Work(kernel, `work ${n}`, function* () {
          order.push(n);
          yield* cell.load();
          order.push(n);
        }),
    );
    const broken = run(kernel, function* () {
      for (const work of works) yield* queue.queue(work);
      yield* queue.destroy();
    });
    expect(broken).toBeUndefined();
    expect(order).toEqual([0, 0, 1, 1, 2, 2]);
  });

  it("a destroyed queue takes nothing", () => {
    const kernel = new Kernel();
    const queue = new WorkQueue(kernel, "queue");
    const work = new Work(kernel, "work", () => queue.flush());
    const broken = run(kernel, function* () {
      yield* queue.destroy();
      yield* queue.queue(work);
    });
    expect(broken).toBe("use-after-free");
  });
});

describe("waiting", () => {
  it("a wake that is forgotten is a deadlock that says what is waited for", () => {
    const kernel = new Kernel();
    const waits = new WaitQueue(kernel, "waits");
    const flag = new Cell(kernel, "flag", false);
    const broken = run(
      kernel,
      () => waits.waitUntil(() => flag.value, "the flag is set"),
      () => flag.store(true),
    );
    expect(broken).toBe("deadlock");
    expect(kernel.violation!.message).toBe("t0 waits to sleep in waits, until the flag is set");
  });

  it("interrupts that come before the thread looks are one", () => {
    const kernel = new Kernel();
    const irq = new Interrupt(kernel, "irq");
    const taken = new Cell(kernel, "taken", 0);
    kernel.spawn(
      "thread",
      function* () {
        for (;;) {
          yield* irq.wait();
          yield* taken.update((count) => count + 1);
        }
      },
      { daemon: true },
    );
    irq.raise();
    irq.raise();
    expect(run(kernel)).toBeUndefined();
    expect(taken.value).toBe(1);
  });
});

describe("an exception in a task", () => {
  it("ends the run as a violation that names the task", () => {
    const kernel = new Kernel();
    const cell = new Cell<{ x?: { y: number } }>(kernel, "cell", {});
    const broken = run(kernel, function* () {
      return (yield* cell.load()).x!.y;
    });
    expect(broken).toBe("exception");
    expect(kernel.violation!.message).toMatch(/^t0: TypeError: /);
  });
});

describe("the count of locks", () => {
  const taken = {
    Mutex: (kernel: Kernel) => {
      const lock = new Mutex(kernel, "lock");
      return { take: () => lock.lock(), give: () => lock.unlock() };
    },
    Spinlock: (kernel: Kernel) => {
      const lock = new Spinlock(kernel, "lock");
      return { take: () => lock.lock(), give: () => lock.unlock() };
    },
    "Rwsem for writing": (kernel: Kernel) => {
      const lock = new Rwsem(kernel, "lock");
      return { take: () => lock.downWrite(), give: () => lock.upWrite() };
    },
  };

  it.each(Object.entries(taken))("%s: tells who had to wait from who had not", (_, make) => {
    const kernel = new Kernel();
    const { take, give } = make(kernel);
    const holder = kernel.spawn("holder", function* () {
      yield* take();
      yield* give();
      yield* take();
      yield* give();
    });
    kernel.step(holder);
    while (kernel.locks.acquisitions === 0) kernel.step(holder);
    const waiter = kernel.spawn("waiter", function* () {
      yield* take();
      yield* give();
    });
    while (waiter.runnable) kernel.step(waiter);
    kernel.settle();
    expect(kernel.locks).toEqual({ acquisitions: 3, contended: 1 });
  });

  it("Rwsem: readers do not wait for each other", () => {
    const kernel = new Kernel();
    const lock = new Rwsem(kernel, "lock");
    for (const name of ["a", "b"]) {
      kernel.spawn(name, function* () {
        yield* lock.downRead();
        yield* lock.upRead();
      });
    }
    for (const task of [...kernel.tasks]) kernel.step(task);
    kernel.settle();
    expect(kernel.locks).toEqual({ acquisitions: 2, contended: 0 });
  });
});
