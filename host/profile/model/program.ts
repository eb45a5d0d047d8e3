import { stages } from "../account/index.js";

/** Steps of a program that are no stage. */
export const control = {
  /** The page walker is free for others. */
  leaveWalker: 64,
  /** The device asks for pages: the part `queue` of a page fault begins. */
  askForPages: 65,
  /** The device has the response, and asks again. */
  retry: 66,
  /** A descriptor that invalidates something is executed. */
  invalidate: 67,
  /** A descriptor is executed that the caches have no part in: a wait, or a message to a device. */
  execute: 68,
} as const;

/** What a request does, step by step: stages, and control steps between them. */
export class Program {
  /** By step: number of a stage or of a control step in bits 7:0, a level in 15:8. */
  steps = new Uint16Array(32);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  add(step: number, level = 0): void {
    if (this.length === this.steps.length) {
      const longer = new Uint16Array(2 * this.steps.length);
      longer.set(this.steps);
      this.steps = longer;
    }
    this.steps[this.length++] = step | (level << 8);
  }

  /** Names of the steps, with levels behind a colon: for tests and people. */
  describe(): string[] {
    const controls = Object.fromEntries(
      Object.entries(control).map(([name, step]) => [step, name]),
    );
    return [...this.steps.subarray(0, this.length)].map((step) => {
      const name = stages[step & 0xff]?.name ?? controls[step & 0xff]!;
      return step >> 8 === 0 ? name : `${name}:${step >> 8}`;
    });
  }
}
