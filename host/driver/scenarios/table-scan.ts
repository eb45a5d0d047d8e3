import type { Scenario } from "../explore/index.js";
import { assertInvariant, Cell, Completion, Rwsem, type Routine } from "../kernel/index.js";
import {
  PagingDomain,
  secondStageFormat,
  type PagingStep,
  type ReclaimOptions,
} from "../page-table/index.js";
import { mapLeaf, prepareTables, TableRun, type TableWorld } from "./table-world.js";

const SOURCE_ID = 0x10;
const PAGE = 0x1000n;
const LARGE_PAGE = 0x20_0000n;
const PHYSICAL = 0x1000_0000n;
const OTHER_PHYSICAL = 0x2000_0000n;

interface Way {
  readonly reclaim?: ReclaimOptions;
  /** Who scans: "locked" holds the range for reading, "unlocked" nothing, as debugfs. */
  readonly scan: "locked" | "unlocked";
  readonly without?: PagingStep;
}

const ways: Readonly<Record<string, Way>> = {
  immediate: { scan: "locked", reclaim: { policy: "immediate" } },
  gather: { scan: "locked" },
  "gather-no-flush": { scan: "locked", without: "flush" },
  "gather-leaves-only": { scan: "locked", without: "flush-tables" },
  "gather-unlocked": { scan: "unlocked" },
  "rcu-domain": { scan: "unlocked", reclaim: { policy: "rcu-domain" } },
  "rcu-domain-off": {
    scan: "unlocked",
    reclaim: { policy: "rcu-domain", concurrentTraversal: false },
  },
  "rcu-ops": { scan: "unlocked", reclaim: { policy: "rcu-ops", callbacks: "page" } },
  "rcu-always": { scan: "unlocked", reclaim: { policy: "rcu-always" } },
  "rcu-before-flush": {
    scan: "unlocked",
    reclaim: { policy: "rcu-always", queuesBeforeFlush: true },
  },
};

/**
 * A page is unmapped, and a large page takes its place and that of its table, while somebody scans the tables and a device
 * does DMA through them.
 */
export const tableScan: Scenario<TableWorld> = {
  name: "table-scan",
  about: "a scan of page tables while one is taken away: when may its memory be used again?",
  variants: {
    immediate: { expected: "unsound", about: "at once: the unit still walks it" },
    gather: { expected: "sound", about: "behind the flush; who scans holds the range (Linux 7.2)" },
    "gather-no-flush": { expected: "unsound", about: "the flush in front of it is left out" },
    "gather-leaves-only": {
      expected: "unsound",
      about: "the flush keeps entries that point to tables",
    },
    "gather-unlocked": {
      expected: "unsound",
      about: "behind the flush; who scans holds nothing (debugfs, candidate C3)",
    },
    "rcu-domain": {
      expected: "sound",
      about: "RCU by a flag of the domain; the scan holds nothing",
    },
    "rcu-domain-off": { expected: "unsound", about: "the same, for a domain without the flag" },
    "rcu-ops": { expected: "sound", about: "RCU by a flag of its operations, a callback a page" },
    "rcu-always": { expected: "sound", about: "RCU always, a callback a list" },
    "rcu-before-flush": {
      expected: "unsound",
      about: "the grace period does not wait for the flush",
    },
  },
  prepare: prepareTables,
  setup(kernel, variant, world) {
    const { reclaim, scan, without } = ways[variant]!;
    const run = new TableRun(kernel, world);
    const domain = new PagingDomain({
      name: "domain",
      domainId: 5,
      pages: run.pages,
      format: secondStageFormat({ levels: 3 }),
      ...(reclaim && { reclaim }),
      ...(without && { without: [without] }),
    });
    mapLeaf(run, domain, PHYSICAL, PAGE);
    const device = run.plugDma({ name: "device", sourceId: SOURCE_ID });
    const range = new Rwsem(kernel, "range lock");
    const unmapped = new Cell(kernel, "unmapped", false);
    const done = new Completion(kernel, "done");

    function* task(code: () => Routine): Routine {
      yield* code();
      yield* done.complete();
    }
    function* doDma(): Routine {
      // The first lets the unit cache the way to the table, the second takes it.
      for (let time = 0; time < 2; time++) {
        const found = yield* device.access(0n, "read", [{ object: unmapped, kind: "read" }]);
        assertInvariant(
          !unmapped.value || found !== PHYSICAL,
          "stale-translation",
          "a device reaches a page that was unmapped and flushed",
        );
      }
    }
    function* lookUp(): Routine {
      if (scan === "unlocked") {
        yield* domain.dump(0n, 0n, () => undefined);
        return;
      }
      yield* range.downRead();
      yield* domain.iovaToPhys(0n);
      yield* range.upRead();
    }
    function* remap(): Routine {
      yield* range.downWrite();
      yield* domain.unmap(0n, PAGE);
      yield* unmapped.store(true);
      yield* domain.map(0n, OTHER_PHYSICAL, LARGE_PAGE);
      yield* range.upWrite();
    }
    kernel.spawn("owner", function* () {
      const attached = yield* run.attachTo(domain, device);
      if (attached !== undefined) {
        const tasks = { device: doDma, scanner: lookUp, mapper: remap };
        for (const [name, code] of Object.entries(tasks)) kernel.spawn(name, () => task(code));
        for (let left = Object.keys(tasks).length; left > 0; left--) yield* done.wait();
        yield* run.detachFrom(attached);
      }
      yield* domain.free();
    });
    kernel.atEnd(() => {
      run.pages.assertNoneLeft();
    });
  },
};
