import { keepPanic, panicOf } from "./wasm-panic.js";
const INTERRUPTS_ON = 0x200;
/** Thrown through v86's frames to leave guest code at once; never seen outside. */
class EndSignal extends Error {
}
/**
 * v86's main loop, with a place for devices to run between blocks of guest code, and with every way
 * in which a guest can end turned into an `Ending`.
 */
export class GuestLoop {
    /** Rejected if a device of the host threw: a defect of the host and not of the guest. */
    ending;
    #hooks;
    #settle;
    #guestRuns = false;
    #isOver = false;
    #failure;
    constructor(cpu, hooks) {
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
    get guestRuns() {
        return this.#guestRuns;
    }
    /** True once `ending` is settled, or about to be. */
    get isOver() {
        return this.#isOver;
    }
    /** Ends the guest when it writes to an I/O port, as QEMU's isa-debug-exit does. */
    listenForExit(cpu, port) {
        const exit = (value) => {
            this.#leave({ kind: "exit", code: value >>> 0 });
        };
        cpu.io.register_write(port, this, exit, exit, exit);
    }
    /** Runs host code that the guest called, so that what it throws is not taken for a guest's crash. */
    guard(work) {
        try {
            return work();
        }
        catch (error) {
            this.#failure ??= { error };
            throw error;
        }
    }
    #wrapMainLoop(cpu) {
        const mainLoop = cpu.main_loop.bind(cpu);
        cpu.main_loop = () => {
            this.#guestRuns = true;
            try {
                const sleep = mainLoop();
                if (cpu.in_hlt[0] !== 0 && (cpu.get_eflags() & INTERRUPTS_ON) === 0) {
                    this.#end({ kind: "hang", reason: "the CPU halted with interrupts turned off" });
                }
                return sleep;
            }
            catch (error) {
                if (this.#failure !== undefined)
                    this.#fail(this.#failure.error);
                else if (!(error instanceof EndSignal))
                    this.#end({ kind: "crash", reason: whyV86Gave(error, cpu) });
                return 0;
            }
            finally {
                this.#guestRuns = false;
            }
        };
    }
    #wrapTimers(cpu) {
        const timers = cpu.run_hardware_timers.bind(cpu);
        cpu.run_hardware_timers = (acpiEnabled, now) => {
            const more = this.guard(() => this.#hooks.pause(cpu.in_hlt[0] !== 0));
            const sleep = timers(acpiEnabled, now);
            return more ? 0 : sleep;
        };
    }
    #wrapReset(cpu) {
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
    #leave(ending) {
        this.#end(ending);
        throw new EndSignal();
    }
    #end(ending) {
        if (this.#isOver)
            return;
        this.#isOver = true;
        this.#settle.resolve(ending);
        this.#hooks.ended();
    }
    #fail(error) {
        if (this.#isOver)
            return;
        this.#isOver = true;
        this.#settle.reject(error);
        this.#hooks.ended();
    }
}
function whyV86Gave(error, cpu) {
    const message = error instanceof Error ? error.message : String(error);
    const why = panicOf(cpu.wasm_memory) ?? message;
    return `the CPU shut down, as after an exception that nothing handles (v86: ${why})`;
}
