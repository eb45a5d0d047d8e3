import { GuestMemory } from "../../memory/guest-memory.js";
import { FrameAllocator } from "../../tables/frames.js";
import type { Scenario } from "../explore/index.js";
import { assertInvariant, Completion } from "../kernel/index.js";
import { PageTable, secondStageFormat, TablePages, type TableStep } from "../page-table/index.js";

const MEMORY = 2 ** 16;
const PAGE = 0x1000n;
const PHYSICAL = 0x1000_0000n;

const left: Readonly<Record<string, TableStep>> = {
  store: "exchange",
  "keeps-loser": "free-loser",
};

/** Two tasks map neighbouring pages, each under its own lock, and find that the tables on the way are missing. */
export const tableInstall: Scenario<GuestMemory> = {
  name: "table-install",
  about: "two mappings race to install the tables that they share",
  variants: {
    exchange: { expected: "sound", about: "by compare and exchange; the loser frees its table" },
    store: { expected: "unsound", about: "by a plain store: a table is lost with what is in it" },
    "keeps-loser": { expected: "unsound", about: "the loser forgets to free its table" },
  },
  prepare: () => Promise.resolve(GuestMemory.create({ size: MEMORY })),
  setup(kernel, variant, memory) {
    memory.fill(0n, MEMORY);
    const allocator = new FrameAllocator({ start: PAGE, end: BigInt(MEMORY) });
    const frames = { allocate: (count: number) => allocator.allocate(count) };
    const pages = new TablePages(kernel, { memory, frames });
    const without = left[variant];
    const table = new PageTable({
      pages,
      format: secondStageFormat({ levels: 3 }),
      ...(without && { without: [without] }),
    });
    const mapped = new Completion(kernel, "mapped");
    for (const [name, iova] of [["one", 0n] as const, ["other", PAGE] as const]) {
      kernel.spawn(name, function* () {
        const run = { iova, physical: PHYSICAL + iova, pageSize: PAGE, count: 1 };
        const { result } = yield* table.mapPages(run);
        const found = yield* table.iovaToPhys(iova);
        assertInvariant(
          result !== 0 || found === PHYSICAL + iova,
          "lost-mapping",
          () =>
            `0x${iova.toString(16)} was mapped, and leads to ${found?.toString(16) ?? "nothing"}`,
        );
        yield* mapped.complete();
      });
    }
    kernel.spawn("owner", function* () {
      yield* mapped.wait();
      yield* mapped.wait();
      yield* table.free();
    });
    kernel.atEnd(() => {
      pages.assertNoneLeft();
    });
  },
};
