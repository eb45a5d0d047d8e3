import {
  causes,
  stages,
  type ProfileObserver,
  type ProfileResult,
  type RequestAccount,
} from "../../account/index.js";
import { deviceName, pasidName, stageText, waitText } from "../names.js";
import type { SpeedscopeFile } from "./file-format.js";

/** Address spaces that are told apart; those that come later are one. */
const SPACES = 1024;
const LEVELS = 8;
const CELLS = stages.length * causes.length * LEVELS;
const PASIDS = 2 ** 21;
const OTHERS = -1;

/** Cycles of all requests by device, PASID, stage, and what the stage waited for or which level it read. */
export class FlameGraph implements ProfileObserver {
  /** By device and PASID: cycles by stage, cause and level. */
  readonly #cycles = new Map<number, Float64Array>();
  readonly #whenWhole: (file: SpeedscopeFile) => void;

  constructor(whenWhole: (file: SpeedscopeFile) => void) {
    this.#whenWhole = whenWhole;
  }

  request(account: RequestAccount): void {
    const cells = this.#cellsOf(account.sourceId * PASIDS + account.pasid + 1);
    const { stage, cause, level, start, end } = account;
    for (let span = 0; span < account.spans; span++) {
      const cell = (stage[span]! * causes.length + cause[span]!) * LEVELS + (level[span]! % LEVELS);
      cells[cell]! += end[span]! - start[span]!;
    }
  }

  end(result: ProfileResult): void {
    this.#whenWhole(this.#file(result));
  }

  #cellsOf(space: number): Float64Array {
    const found = this.#cycles.get(space);
    if (found !== undefined) return found;
    if (this.#cycles.size >= SPACES && space !== OTHERS) return this.#cellsOf(OTHERS);
    const made = new Float64Array(CELLS);
    this.#cycles.set(space, made);
    return made;
  }

  #file({ workload, timing, configuration }: ProfileResult): SpeedscopeFile {
    const frames = new Map<string, number>();
    const frame = (name: string): number => {
      const known = frames.get(name) ?? frames.size;
      frames.set(name, known);
      return known;
    };
    const samples: number[][] = [];
    const weights: number[] = [];
    const spaces = [...this.#cycles.keys()].sort((a, b) => spaceOrder(a) - spaceOrder(b));
    for (const space of spaces) {
      for (const [cell, cycles] of this.#cycles.get(space)!.entries()) {
        if (cycles === 0) continue;
        samples.push([...spaceNames(space), ...cellNames(cell)].map(frame));
        weights.push(cycles);
      }
    }
    const total = weights.reduce((sum, cycles) => sum + cycles, 0);
    const name = `${workload}, timing ${timing}: cycles of requests`;
    return {
      $schema: "https://www.speedscope.app/file-format-schema.json",
      name,
      exporter: `viommu ${configuration.version}`,
      activeProfileIndex: 0,
      shared: { frames: [...frames.keys()].map((text) => ({ name: text })) },
      profiles: [
        { type: "sampled", name, unit: "none", startValue: 0, endValue: total, samples, weights },
      ],
    };
  }
}

const spaceOrder = (space: number): number => (space === OTHERS ? Infinity : space);

function spaceNames(space: number): string[] {
  if (space === OTHERS) return ["other devices and PASIDs"];
  return [deviceName(Math.floor(space / PASIDS)), pasidName((space % PASIDS) - 1)];
}

function cellNames(cell: number): string[] {
  const level = cell % LEVELS;
  const cause = Math.floor(cell / LEVELS) % causes.length;
  const stage = Math.floor(cell / LEVELS / causes.length);
  return [
    stageText(stage),
    ...(level === 0 ? [] : [`level ${level}`]),
    ...(cause === 0 ? [] : [waitText(cause)]),
  ];
}
