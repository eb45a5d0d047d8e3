import type { Scenario } from "../explore/index.js";
import { assertInvariant, Completion, Rwsem, type Routine } from "../kernel/index.js";
import {
  bitmapBytes,
  DirtyBitmap,
  DirtyLedger,
  DirtyTracking,
  PagingDomain,
  secondStageFormat,
  type PagingStep,
} from "../page-table/index.js";
import type { AtsDmaDevice, AtsDmaDeviceOptions } from "./ats-dma-device.js";
import { DataPages, DmaDevice } from "./dma-device.js";
import { mapLeaf, prepareTables, TableRun, type TableWorld } from "./table-world.js";

const SOURCE_ID = 0x10;
const PAGE = 0x1000n;
const LARGE_PAGE = 0x20_0000n;
const PHYSICAL = 0x1000_0000n;

interface Way {
  /** How D is cleared. Default "write". */
  readonly clearDirty?: "write" | "exchange";
  readonly without?: PagingStep;
  /** The page that is tracked. Default 4 KiB. */
  readonly pageSize?: bigint;
  /** Scans in front of the last one, which clear or keep what they find. */
  readonly scans?: readonly ("clear" | "keep")[];
  /** The page is dirty before tracking begins. */
  readonly leftDirty?: boolean;
  readonly clearsFirst?: boolean;
  /** The device reads a page that is dirty and not accessed, which is what a scan that writes spoils. */
  readonly accessed?: boolean;
  /** The device keeps translations of its own; what it does wrong with them. */
  readonly ats?: "well-behaved" | NonNullable<AtsDmaDeviceOptions["manners"]>;
}

const ways: Readonly<Record<string, Way>> = {
  write: {},
  exchange: { clearDirty: "exchange" },
  large: { pageSize: LARGE_PAGE },
  "no-clear": { scans: ["keep", "keep"] },
  "no-flush": { without: "flush" },
  "no-flush-ssade": { without: "flush-ssade", scans: [] },
  "left-dirty": { leftDirty: true, scans: [] },
  "left-dirty-kept": { leftDirty: true, clearsFirst: false, scans: [] },
  "accessed-exchange": { accessed: true, clearDirty: "exchange" },
  "accessed-write": { accessed: true },
  ats: { ats: "well-behaved" },
  "ats-large": { ats: "well-behaved", pageSize: LARGE_PAGE, clearDirty: "exchange" },
  "ats-no-device-flush": { ats: "well-behaved", without: "flush-devices" },
  "ats-no-flush-ssade": { ats: "well-behaved", without: "flush-ssade", scans: [] },
  "ats-answers-early": { ats: "answers-early" },
  "ats-keeps-translations": { ats: "keeps-translations" },
};

function plug(run: TableRun, ats: Way["ats"]): DmaDevice | AtsDmaDevice {
  const options = { name: "device", sourceId: SOURCE_ID };
  if (ats === undefined) return run.plugDma(options);
  return run.plugAtsDma(ats === "well-behaved" ? options : { ...options, manners: ats });
}

/** A migration copies what a device writes: scan, copy what it reports, again and again, and at last with the device stopped. */
export const dirtyScan: Scenario<TableWorld> = {
  name: "dirty-scan",
  about: "a scan of dirty bits against DMA that sets them: is every page copied in the end?",
  variants: {
    write: { expected: "sound", about: "D is cleared by read and write, then flushed (Linux 7.2)" },
    exchange: { expected: "sound", about: "D is cleared by compare and exchange, then flushed" },
    large: { expected: "sound", about: "a page of 2 MiB, reported in units of 4 KiB" },
    "no-clear": { expected: "sound", about: "two scans that clear nothing, and a last one" },
    "no-flush": {
      expected: "unsound",
      about: "no flush behind it: the unit takes pages for dirty",
    },
    "no-flush-ssade": { expected: "unsound", about: "no flush when tracking begins" },
    "left-dirty": { expected: "sound", about: "the page is dirty of old, and made clean first" },
    "left-dirty-kept": {
      expected: "unsound",
      about: "the page is dirty of old, and not made clean",
    },
    "accessed-exchange": {
      expected: "sound",
      about: "the unit sets A meanwhile, and an exchange keeps it",
    },
    "accessed-write": {
      expected: "unsound",
      about: "the unit sets A meanwhile, and read and write lose it (quirk Q12)",
    },
    ats: { expected: "sound", about: "the device has translated itself, and forgets it (ATS)" },
    "ats-large": { expected: "sound", about: "the same with a page of 2 MiB" },
    "ats-no-device-flush": {
      expected: "unsound",
      about: "the flush leaves out what the device keeps",
    },
    "ats-no-flush-ssade": {
      expected: "unsound",
      about: "no flush when tracking begins: what the device keeps sets no D",
    },
    "ats-answers-early": {
      expected: "unsound",
      about: "the device says it has forgotten, and a write is still under way",
    },
    "ats-keeps-translations": {
      expected: "unsound",
      about: "the device says it has forgotten, and has not",
    },
  },
  prepare: prepareTables,
  setup(kernel, variant, world) {
    const way = ways[variant]!;
    const { pageSize = PAGE, scans = ["clear"], without, leftDirty = false } = way;
    const run = new TableRun(kernel, world);
    const format = secondStageFormat({ levels: 3 });
    const domain = new PagingDomain({
      ...{ name: "domain", domainId: 5, pages: run.pages, format, dirtyTracking: true },
      clearDirty: way.clearDirty ?? "write",
      ...(without && { without: [without] }),
    });
    const isDirty = leftDirty || way.accessed === true;
    const leaf = mapLeaf(run, domain, PHYSICAL, pageSize, isDirty ? format.dirty : 0n);
    const device = plug(run, way.ats);
    const data = new DataPages(kernel);
    const ledger = new DirtyLedger(kernel);
    const mapped = {
      lock: new Rwsem(kernel, "range lock"),
      areas: () => [{ iova: 0n, length: pageSize }],
      alignment: PAGE,
    };
    const tracking = new DirtyTracking(domain, mapped, {
      clearsFirst: way.clearsFirst ?? way.accessed !== true,
      ...(way.accessed !== true && { ledger }),
    });
    const [done, begun] = [new Completion(kernel, "done"), new Completion(kernel, "tracking")];
    let copied = 0;

    function* copy(): Routine {
      copied = yield* data
        .object(PHYSICAL)
        .act("copy", () => data.read(PHYSICAL), { kind: "read" });
    }
    function* scan(noClear: boolean): Routine {
      const bytes = new Uint8Array(bitmapBytes(pageSize, PAGE));
      yield* tracking.get({ iova: 0n, length: pageSize, pageSize: PAGE, data: bytes, noClear });
      if (new DirtyBitmap(0n, pageSize, PAGE, bytes).has(0n)) yield* copy();
    }
    function* migrate(): Routine {
      yield* tracking.set(true);
      yield* begun.complete();
      yield* copy();
      for (const kind of scans) yield* scan(kind === "keep");
    }
    function* write(): Routine {
      for (const value of [1, 2]) {
        const flight = yield* device.beginWrite(0n, [ledger.access]);
        if (flight === undefined) return;
        ledger.begins(flight.iova);
        const land = () => {
          data.write(flight.physical, value);
          ledger.wrote(flight.iova);
        };
        const object = data.object(flight.physical);
        yield* device.endWrite(flight, land, [ledger.access, { object, kind: "write" }]);
      }
    }
    function* read(): Routine {
      yield* begun.wait();
      if (device instanceof DmaDevice) yield* device.access(0n, "read");
    }
    function* finish(): Routine {
      if (way.accessed === true) {
        assertInvariant(
          (run.memory.read64(leaf)! & format.accessed) !== 0n,
          "Q12",
          "the unit has set A, and the scan has taken it back",
        );
        return;
      }
      yield* scan(false);
      assertInvariant(
        copied === data.read(PHYSICAL),
        "D-I2",
        () => `the copy has write ${copied}, memory has write ${data.read(PHYSICAL)}`,
      );
    }
    kernel.spawn("owner", function* () {
      const attached = yield* run.attachTo(domain, device);
      if (attached !== undefined) {
        const tasks = { device: way.accessed === true ? read : write, migration: migrate };
        for (const [name, code] of Object.entries(tasks)) {
          kernel.spawn(name, function* () {
            yield* code();
            yield* done.complete();
          });
        }
        for (let left = 2; left > 0; left--) yield* done.wait();
        yield* finish();
        yield* run.detachFrom(attached);
      }
      yield* domain.free();
    });
    kernel.atEnd(() => {
      run.pages.assertNoneLeft();
    });
  },
};
