import { Prng } from "../../random/prng.js";
import { uniformOrder } from "../explore/random-order.js";
import { runToEnd } from "../explore/replay.js";
import { Completion, Kernel, Rwsem, type LockCounts, type Routine } from "../kernel/index.js";
import {
  PagingDomain,
  secondStageFormat,
  type PathCounts,
  type ReclaimCounts,
  type ReclaimOptions,
  type TablePath,
} from "../page-table/index.js";
import { makeTableWorld, TableRun } from "../scenarios/table-world.js";

export interface TableLoadOptions {
  /** How table pages are freed. Default "gather". */
  readonly reclaim?: ReclaimOptions;
  /** Whether scans hold the range for reading. Default true. */
  readonly locked?: boolean;
  /** Times that small pages give way to a large one and come back: 1 to 500. Default 100. */
  readonly rounds?: number;
  /** Tasks that scan: 0 to 16. Default 2. */
  readonly scanners?: number;
  /** Scans of each. Default 100. */
  readonly scans?: number;
  /** Of the order of all steps. Default 1. */
  readonly seed?: number;
}

/** What a load came to, in counts. */
export interface TableLoadReport {
  /** Steps of all tasks. */
  readonly steps: number;
  readonly locks: LockCounts;
  readonly paths: Readonly<Record<TablePath, PathCounts>>;
  readonly reclaim: ReclaimCounts;
  /** The rule that broke, which ended the load. */
  readonly violation: string | undefined;
}

const PAGE = 0x1000n;
const LARGE_PAGE = 0x20_0000n;
const PHYSICAL = 0x1000_0000n;
const SMALL_PAGES = 4n;
const SOURCE_ID = 0x10;
const MEMORY = 2 ** 22;
const MOST_STEPS = 10_000_000;

/**
 * Small pages give way to a large one and come back, again and again, while tasks scan the same addresses and a device
 * is attached: what does a way of freeing table pages cost? The order of steps is random, from a seed.
 * @throws RangeError for an option out of range.
 */
export async function runTableLoad(options: TableLoadOptions = {}): Promise<TableLoadReport> {
  const { reclaim, locked = true, rounds = 100, scanners = 2, scans = 100, seed = 1 } = options;
  checkRange("rounds", rounds, 1, 500);
  checkRange("scanners", scanners, 0, 16);
  checkRange("scans", scans, 0, 100_000);
  const kernel = new Kernel();
  const run = new TableRun(kernel, await makeTableWorld({ size: MEMORY }));
  const domain = new PagingDomain({
    ...{ name: "domain", domainId: 5, pages: run.pages },
    format: secondStageFormat({ levels: 3 }),
    ...(reclaim && { reclaim }),
  });
  const device = run.plugDma({ name: "device", sourceId: SOURCE_ID });
  const range = new Rwsem(kernel, "range lock");
  const done = new Completion(kernel, "done");

  function* scan(): Routine {
    const last = SMALL_PAGES * PAGE - 1n;
    for (let left = scans; left > 0; left--) {
      if (locked) yield* range.downRead();
      if (locked) yield* domain.table.walk(0n, last, () => undefined);
      else yield* domain.dump(0n, last, () => undefined);
      if (locked) yield* range.upRead();
    }
    yield* done.complete();
  }
  function* remap(): Routine {
    for (let left = rounds; left > 0; left--) {
      for (const length of [SMALL_PAGES * PAGE, LARGE_PAGE]) {
        yield* range.downWrite();
        yield* domain.map(0n, PHYSICAL, length);
        yield* range.upWrite();
        yield* range.downWrite();
        yield* domain.unmap(0n, length);
        yield* range.upWrite();
      }
    }
    yield* done.complete();
  }
  kernel.spawn("owner", function* () {
    const attached = yield* run.attachTo(domain, device);
    for (let left = scanners; left > 0; left--) kernel.spawn("scanner", scan);
    kernel.spawn("mapper", remap);
    for (let left = scanners + 1; left > 0; left--) yield* done.wait();
    if (attached !== undefined) yield* run.detachFrom(attached);
    yield* domain.free();
  });
  kernel.atEnd(() => {
    run.pages.assertNoneLeft();
  });
  const schedule = runToEnd(kernel, uniformOrder(new Prng(seed)), MOST_STEPS, (task) => {
    kernel.step(task);
  });
  const { paths, reclaim: counts } = domain.table.meter;
  return {
    ...{ steps: schedule.length, locks: kernel.locks, paths, reclaim: counts },
    violation: kernel.violation?.invariant,
  };
}

function checkRange(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} is ${value}: expected a whole number from ${least} to ${most}`);
  }
}
