import type { V86Cpu } from "./internals.js";
import { keepPanic, panicOf } from "./wasm-panic.js";

/** How a guest came to its end. */
export type Ending =
  /** It wrote to the debug-exit port; 0 means that all went well. */
  | { readonly kind: "exit"; readonly code: number }
  /** It cannot go on: halted with interrupts turned off. */
  | { readonly kind: "hang"; readonly reason: string }
  /** v86 gave up (no handler for an exception), or the guest reset a machine that has no BIOS. */
  | { readonly kind: "crash"; readonly reason: string };

export interface LoopHooks {
  /**
   * v86 lets its devices run: the CPU has halted, or executed another block of about 100,000
   * instructions. No guest code runs, and v86 looks at interrupts right afterwards.
   * Answers true if there is more to do, so that v86 does not sleep although the CPU is halted.
   */
  pause(halted: boolean): boolean;
  /** The guest reset the machine, and its BIOS starts again. */
  reset(): void;
  /** Called once, when the guest has come to an end and its loop has been told to stop. */
  ended(): void;
}

const INTERRUPTS_ON = 0x200;

/** Thrown through v86's frames to leave guest code at once; never seen outside. */
class EndSignal extends Error {}

/**
 * v86's main loop, with a place for devices to run between blocks of guest code, and with every way
 * in which a guest can end turned into an `Ending`.
 */
export class GuestLoop {
  /** Rejected if a device of the host threw: a defect of the host and not of the guest. */
  readonly ending: Promise<Ending>;
  readonly #hooks: LoopHooks;
  #settle!: { resolve(ending: Ending): void; reject(error: unknown): void };
  #guestRuns = false;
  #isOver = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(cpu: V86Cpu, hooks: LoopHooks) {
    this.#hooks = hooks;
    keepPanic(cpu.wasm_memory);
    this.ending = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.ending.catch(() => undefined);
    this.#wrapMainLoop(cpu);
    this.#wrapTimers(cpu);
    this.#wrapReset(cpu);
  }

  /** True while v86 is inside guest code, or about to look at interrupts itself. */
  get guestRuns(): boolean {
    return this.#guestRuns;
  }

  /** True once `ending` is settled, or about to be. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Ends the guest when it writes to an I/O port, as QEMU's isa-debug-exit does. */
  listenForExit(cpu: V86Cpu, port: number): void {
    const exit = (value: number): void => {
      this.#leave({ kind: "exit", code: value >>> 0 });
    };
    cpu.io.register_write(port, this, exit, exit, exit);
  }

  /** Runs host code that the guest called, so that what it throws is not taken for a guest's crash. */
  guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }

  #wrapMainLoop(cpu: V86Cpu): void {
    const mainLoop = cpu.main_loop.bind(cpu);
    cpu.main_loop = () => {
      this.#guestRuns = true;
      try {
        const sleep = mainLoop();
        if (cpu.in_hlt[0] !== 0 && (cpu.get_eflags() & INTERRUPTS_ON) === 0) {
          this.#end({ kind: "hang", reason: "the CPU halted with interrupts turned off" });
        }
        return sleep;
      } catch (error) {
        if (this.#failure !== undefined) this.#fail(this.#failure.error);
        else if (!(error instanceof EndSignal))
          this.#end({ kind: "crash", reason: whyV86Gave(error, cpu) });
        return 0;
      } finally {
        this.#guestRuns = false;
      }
    };
  }

  #wrapTimers(cpu: V86Cpu): void {
    const timers = cpu.run_hardware_timers.bind(cpu);
    cpu.run_hardware_timers = (acpiEnabled, now) => {
      const more = this.guard(() => this.#hooks.pause(cpu.in_hlt[0] !== 0));
      const sleep = timers(acpiEnabled, now);
      return more ? 0 : sleep;
    };
  }

  #wrapReset(cpu: V86Cpu): void {
    const reboot = cpu.reboot_internal.bind(cpu);
    cpu.reboot_internal = () => {
      if (this.#guestRuns && !cpu.bios.main) {
        this.#leave({ kind: "crash", reason: "the guest reset a machine that has no BIOS" });
      }
      reboot();
      this.guard(() => {
        this.#hooks.reset();
      });
    };
  }

  #leave(ending: Ending): never {
    this.#end(ending);
    throw new EndSignal();
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle.resolve(ending);
    this.#hooks.ended();
  }

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#settle.reject(error);
    this.#hooks.ended();
  }
}

function whyV86Gave(error: unknown, cpu: V86Cpu): string {
  const message = error instanceof Error ? error.message : String(error);
  const why = panicOf(cpu.wasm_memory) ?? message;
  return `the CPU shut down, as after an exception that nothing handles (v86: ${why})`;
}
