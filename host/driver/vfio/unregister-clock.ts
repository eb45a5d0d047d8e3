import { perform, Resource, type Completion, type Kernel, type Routine } from "../kernel/index.js";

/** Time as unregistration sees it: rounds of ten seconds, which pass when somebody says so. */
export class UnregisterClock extends Resource {
  #rounds = 0;

  constructor(kernel: Kernel) {
    super(kernel, "clock");
  }

  /** Ten seconds pass. */
  tick(): Routine {
    return this.act("ten seconds pass on", () => {
      this.#rounds += 1;
    });
  }

  /** Waits for `comp`, and asks for it once in each round. */
  *await(comp: Completion, ask?: (round: number) => Routine): Routine {
    for (let round = 0; !(yield* this.#tryWait(comp)); round++) {
      if (ask) yield* ask(round);
      if (yield* this.#waitRound(comp)) return;
    }
  }

  *#tryWait(comp: Completion): Routine<boolean> {
    const done = yield* perform({
      verb: "look at",
      object: comp,
      kind: "read",
      run: () => comp.isDone,
    });
    if (done) yield* comp.wait();
    return done;
  }

  /** Answers whether it was completed in time. */
  *#waitRound(comp: Completion): Routine<boolean> {
    const from = this.#rounds;
    const done = yield* perform({
      verb: "wait ten seconds for",
      object: comp,
      kind: "write",
      role: "acquire",
      also: [{ object: this, kind: "read" }],
      sleeps: true,
      ready: () => comp.isDone || this.#rounds > from,
      waitingFor: () => "which nobody completed",
      run: () => comp.isDone,
    });
    if (done) yield* comp.wait();
    return done;
  }
}
