import {
  Cell,
  Completion,
  Interrupt,
  Mutex,
  Refcount,
  RcuPointer,
  Rwsem,
  WaitQueue,
  Work,
  WorkQueue,
  type Kernel,
  type Routine,
} from "../../../host/driver/kernel/index.js";

/** What a task of a random program does; numbers choose among the objects. */
export type Operation =
  | { readonly kind: "store" | "load" | "increment" | "use" | "change"; readonly which: number }
  | { readonly kind: "free" | "complete" | "wait" | "queue" | "flush" | "raise" | "take" }
  | { readonly kind: "read-section" | "write-section" | "synchronize" | "put" | "wake" | "await" }
  | { readonly kind: "locked"; readonly which: number; readonly inside: readonly Operation[] };

export type Program = readonly (readonly Operation[])[];

/** Starts the program; answers what can be told apart when a run is over. */
export function startProgram(kernel: Kernel, program: Program): () => string {
  const seen: string[][] = [];
  const cells = [0, 1].map((n) => new Cell(kernel, `cell ${n}`, "0"));
  const mutexes = [0, 1].map((n) => new Mutex(kernel, `mutex ${n}`));
  const rwsem = new Rwsem(kernel, "rwsem");
  const done = new Completion(kernel, "completion");
  const irq = new Interrupt(kernel, "irq");
  const count = new Refcount(kernel, "count", 2);
  const waits = new WaitQueue(kernel, "wait queue");
  const queue = new WorkQueue(kernel, "queue");
  const memory = kernel.heap.keep(kernel.heap.make("Memory", { a: "0", b: "0" }));
  const pointer = new RcuPointer<typeof memory>(kernel, "pointer", memory);
  const log: string[] = [];
  seen.push(log);
  const work = new Work(kernel, "work", function* () {
    log.push(`work saw ${yield* cells[0]!.load()}`);
    yield* cells[0]!.store("work");
  });

  function* run(operation: Operation, me: string, saw: string[]): Routine {
    switch (operation.kind) {
      case "store":
        return yield* cells[operation.which]!.store(me);
      case "load":
        return void saw.push(yield* cells[operation.which]!.load());
      case "increment":
        return yield* cells[operation.which]!.update((old) => `${old}+${me}`);
      case "use":
        yield* cells[1]!.load();
        return void saw.push(operation.which === 0 ? memory.a : memory.b);
      case "change":
        yield* cells[1]!.load();
        if (operation.which === 0) memory.a = me;
        else memory.b = me;
        return;
      case "free":
        return yield* kernel.heap.free(memory);
      case "complete":
        return yield* done.complete();
      case "wait":
        return yield* done.wait();
      case "queue":
        return void saw.push(String(yield* queue.queue(work)));
      case "flush":
        return yield* queue.flush();
      case "raise":
        return yield* cells[1]!.update((old) => {
          irq.raise();
          return old;
        });
      case "take":
        return yield* irq.wait();
      case "put":
        return void saw.push(String(yield* count.put()));
      case "wake":
        yield* cells[0]!.store("awake");
        return yield* waits.wakeAll();
      case "await":
        return yield* waits.waitUntil(() => cells[0]!.value === "awake", "cell 0 says so");
      case "read-section":
        yield* kernel.rcu.readLock();
        saw.push(String((yield* pointer.dereference())?.a));
        return yield* kernel.rcu.readUnlock();
      case "synchronize":
        yield* pointer.store(undefined);
        return yield* kernel.rcu.synchronize();
      case "write-section":
        yield* rwsem.downWrite();
        saw.push(yield* cells[0]!.load());
        return yield* rwsem.upWrite();
      case "locked":
        yield* mutexes[operation.which]!.lock();
        for (const each of operation.inside) yield* run(each, me, saw);
        return yield* mutexes[operation.which]!.unlock();
    }
  }

  program.forEach((operations, number) => {
    const saw: string[] = [];
    seen.push(saw);
    kernel.spawn(`t${number}`, function* () {
      for (const [at, operation] of operations.entries()) {
        yield* run(operation, `t${number}.${at}`, saw);
      }
    });
  });
  return () => {
    // Where several rules are broken at once, which one ends the run depends on orders that do not matter.
    const violation = kernel.violation?.invariant;
    if (violation !== undefined && violation !== "deadlock") return violation;
    return JSON.stringify([violation ?? "end", seen, cells.map(({ value }) => value)]);
  };
}
