/** CCMD_REG, IVA_REG and IOTLB_REG (§6.5.1, §11.4.6), as units before version 6 have them. */
import type { Bench } from "../../bench/bench.js";
import { needsOfWorld, type WorldKind } from "../../bench/world.js";
import { SecondStageTable } from "../../../tables/second-stage.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { atLeast, atMost, joined, withBits } from "../../needs.js";
import { IOVA, redirect, twoPages } from "./stale.js";

const SERVICED = { capabilities: [{ MAJOR: atMost(5) }], abilities: ["dma"] } as const;
const LEGACY = joined(needsOfWorld.legacy, SERVICED);
const VERSION_1 = { version: 0x10 };

/** Root pointer and TE without a queue. */
async function startWithoutQueue(
  bench: Bench,
  { rootTableAddress }: { readonly rootTableAddress: bigint },
): Promise<void> {
  await bench.commands.setRoot(rootTableAddress);
  await bench.invalidateAll();
  await bench.commands.command("TE");
}

/** Writes IOTLB_REG, waits for its end, and looks at the granularity. */
async function invalidateIotlb(
  bench: Bench,
  fields: Readonly<Record<string, number>>,
  granularities: readonly number[],
): Promise<number> {
  await bench.registers.write("IOTLB", { IVT: 1, ...fields });
  await bench.registers.waitFor("IOTLB", { IVT: 0 });
  const done = Number(await bench.registers.field("IOTLB", "IAIG"));
  bench.expect.that(`IAIG is ${granularities.join(" or ")}`, granularities.includes(done), done);
  return done;
}

async function invalidateContexts(
  bench: Bench,
  fields: Readonly<Record<string, number>>,
  granularities: readonly number[],
): Promise<void> {
  await bench.registers.write("CCMD", { ICC: 1, ...fields });
  await bench.registers.waitFor("CCMD", { ICC: 0 });
  const done = Number(await bench.registers.field("CCMD", "CAIG"));
  bench.expect.that(`CAIG is ${granularities.join(" or ")}`, granularities.includes(done), done);
}

/** IOVA is cached, the table changes, the registers invalidate, and IOVA leads to the other page. */
async function expectRefreshed(
  bench: Bench,
  level: 1 | 2 | 3,
  invalidate: () => Promise<unknown>,
): Promise<void> {
  const world = bench.world("legacy");
  const { before, after } = twoPages(bench, world, level);
  await startWithoutQueue(bench, world);
  await bench.expectRead(IOVA, before);
  redirect(world.second, level);
  await invalidate();
  await bench.expectRead(IOVA, after);
  await bench.expectFault.none();
}

const iotlb = casesOf("11.4.6.3", [
  ...([1, 2, 3] as const).flatMap((level) => [
    {
      id: `global-level-${level}`,
      title: `A global invalidation by IOTLB_REG drops a changed level ${level} entry`,
      needs: LEGACY,
      steps: (bench: Bench) =>
        expectRefreshed(bench, level, () => invalidateIotlb(bench, { IIRG: 1 }, [1])),
    },
    {
      id: `domain-level-${level}`,
      title: `A domain-selective invalidation by IOTLB_REG drops a changed level ${level} entry`,
      needs: LEGACY,
      steps: (bench: Bench) =>
        expectRefreshed(bench, level, () => invalidateIotlb(bench, { IIRG: 2, DID: 1 }, [1, 2])),
    },
    {
      id: `page-level-${level}`,
      title: `A page-selective invalidation by IOTLB_REG drops a changed level ${level} entry`,
      needs: joined(LEGACY, { capabilities: ["PSI"] }),
      steps: (bench: Bench) =>
        expectRefreshed(bench, level, async () => {
          await bench.registers.write("IVA", { ADDR: IOVA, AM: 0, IH: level === 1 ? 1 : 0 });
          await invalidateIotlb(bench, { IIRG: 3, DID: 1 }, [1, 2, 3]);
        }),
    },
  ]),
  {
    id: "page-range",
    title: "A page-selective invalidation by IOTLB_REG drops the pages of its mask",
    needs: joined(LEGACY, { capabilities: ["PSI", { MAMV: atLeast(2) }] }),
    async steps(bench) {
      const [before, after] = [bench.page(4), bench.page(4)];
      const start = IOVA & ~0x3fffn;
      const world = bench.world("legacy").map(start, before, { count: 4 });
      await startWithoutQueue(bench, world);
      const offsets = [0n, 0x1000n, 0x2000n, 0x3000n];
      for (const at of offsets) await bench.expectRead(start + at, before + at);
      for (const at of offsets) world.second.entry(start + at, 1).set({ ADDR: after + at });
      await bench.registers.write("IVA", { ADDR: start + 0x2000n, AM: 2, IH: 1 });
      await invalidateIotlb(bench, { IIRG: 3, DID: 1 }, [1, 2, 3]);
      for (const at of offsets) await bench.expectRead(start + at, after + at);
    },
  },
  {
    id: "large-page",
    title: "A mask of 9 in IVA_REG drops a page of 2 MiB",
    needs: joined(LEGACY, {
      capabilities: ["PSI", { MAMV: atLeast(9) }, { SSLPS: withBits(1) }],
    }),
    async steps(bench) {
      const ram = bench.page();
      const [base, start] = [ram & ~0x1f_ffffn, IOVA & ~0x1f_ffffn];
      const world = bench.world("legacy").map(start, base, { size: 0x20_0000 });
      await startWithoutQueue(bench, world);
      const address = start + (ram - base);
      await bench.expectRead(address, ram);
      world.second.entry(start, 2).write([0n]);
      await bench.registers.write("IVA", { ADDR: start, AM: 9, IH: 0 });
      await invalidateIotlb(bench, { IIRG: 3, DID: 1 }, [1, 2, 3]);
      await bench.expectFault.dma("LGN.3", { address });
    },
  },
  {
    id: "reserved-granularity",
    title: "A reserved granularity is an error of IOTLB_REG (IAIG 0), and ends",
    needs: LEGACY,
    async steps(bench) {
      await startWithoutQueue(bench, bench.world("legacy"));
      await invalidateIotlb(bench, { IIRG: 0 }, [0]);
    },
  },
  {
    id: "mask-too-large",
    title: "An unsupported address mask is an error (IAIG 0), or leads to a coarser invalidation",
    needs: joined(LEGACY, { capabilities: ["PSI", { MAMV: atMost(62) }] }),
    async steps(bench) {
      const world = bench.world("legacy");
      const { before, after } = twoPages(bench, world, 1);
      await startWithoutQueue(bench, world);
      await bench.expectRead(IOVA, before);
      redirect(world.second, 1);
      await bench.registers.write("IVA", { ADDR: IOVA, AM: bench.value("MAMV") + 1 });
      const done = await invalidateIotlb(bench, { IIRG: 3, DID: 1 }, [0, 1, 2]);
      if (done !== 0) await bench.expectRead(IOVA, after);
    },
  },
  {
    id: "page-selective-without-psi",
    title:
      "Without CAP.PSI a page-selective request is an error, or leads to a coarser invalidation",
    needs: LEGACY,
    with: { capabilities: { PSI: 0, MAMV: 0 } },
    async steps(bench) {
      const world = bench.world("legacy");
      const { before, after } = twoPages(bench, world, 1);
      await startWithoutQueue(bench, world);
      await bench.expectRead(IOVA, before);
      redirect(world.second, 1);
      await bench.registers.write("IVA", { ADDR: IOVA });
      const done = await invalidateIotlb(bench, { IIRG: 3, DID: 1 }, [0, 1, 2]);
      if (done !== 0) await bench.expectRead(IOVA, after);
    },
  },
  {
    id: "upper-dword-starts",
    title: "By dwords the invalidation starts with the upper one, which has IVT",
    needs: LEGACY,
    steps: (bench) =>
      expectRefreshed(bench, 1, async () => {
        await bench.registers.writeDwords("IOTLB", { IVT: 1, IIRG: 2, DID: 1 }, [0, 1]);
        await bench.registers.waitFor("IOTLB", { IVT: 0 });
      }),
  },
  {
    id: "nothing-starts-without-ivt",
    title: "A write of IOTLB_REG without IVT starts nothing and keeps the domain-id",
    needs: LEGACY,
    async steps(bench) {
      await bench.registers.write("IOTLB", { IIRG: 2, DID: 5 });
      await bench.expect.register("IOTLB", { IVT: 0, IIRG: 2, DID: 5 });
    },
  },
  {
    id: "serviced-while-translation-is-off",
    title: "IOTLB_REG is serviced while TES is clear",
    needs: joined(needsOfWorld.legacy, { capabilities: [{ MAJOR: atMost(5) }] }),
    steps: async (bench) => {
      await invalidateIotlb(bench, { IIRG: 1 }, [1]);
      await invalidateIotlb(bench, { IIRG: 2, DID: 3 }, [1, 2]);
    },
  },
  ...(
    [
      ["DR", "DRD", "read"],
      ["DW", "DWD", "write"],
    ] as const
  ).map(([flag, capability, access]) => ({
    id: `drains-${access}s`,
    title: `With ${flag} IVT stays set until the ${access}s have ended that were in flight`,
    needs: joined(LEGACY, { capabilities: [capability], abilities: ["in-flight"] }),
    async steps(bench: Bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      await startWithoutQueue(bench, world);
      const { outcome, token } = await bench.endpoints.begin({ address: IOVA, access });
      bench.expect.equal("the request in flight", outcome, "done");
      await bench.registers.write("IOTLB", { IVT: 1, IIRG: 2, DID: 1, [flag]: 1 });
      await bench.expect.register("IOTLB", { IVT: 1 }, "with a request in flight");
      await bench.endpoints.end(token);
      await bench.registers.waitFor("IOTLB", { IVT: 0 });
    },
  })),
]);

/** The context entry comes to point to other tables in another domain. */
async function expectContextRefreshed(
  bench: Bench,
  invalidate: () => Promise<unknown>,
): Promise<void> {
  const { memory, frames, hostAddressWidth } = bench;
  const [before, after] = [bench.page(), bench.page()];
  const world = bench.world("legacy").map(IOVA, before);
  const { levels } = world.second;
  const other = new SecondStageTable({ memory, frames, levels, hostAddressWidth });
  other.map(IOVA, after);
  await startWithoutQueue(bench, world);
  await bench.expectRead(IOVA, before);
  world.contextEntry.set({ SSPTPTR: other.pointer, DID: 2 });
  await invalidate();
  await invalidateIotlb(bench, { IIRG: 2, DID: 1 }, [1, 2]);
  await bench.expectRead(IOVA, after);
}

const contexts = casesOf("11.4.6.1", [
  {
    id: "global",
    title: "A global invalidation by CCMD_REG makes a changed context entry count",
    needs: LEGACY,
    steps: (bench) =>
      expectContextRefreshed(bench, () => invalidateContexts(bench, { CIRG: 1 }, [1])),
  },
  {
    id: "domain",
    title: "A domain-selective one makes the changed context entries of its domain count",
    needs: LEGACY,
    steps: (bench) =>
      expectContextRefreshed(bench, () => invalidateContexts(bench, { CIRG: 2, DID: 1 }, [1, 2])),
  },
  {
    id: "device",
    title: "A device-selective one makes the changed context entry of its device count",
    needs: LEGACY,
    steps: (bench) =>
      expectContextRefreshed(bench, () => {
        const fields = { CIRG: 3, DID: 1, SID: bench.endpoint() };
        return invalidateContexts(bench, fields, [1, 2, 3]);
      }),
  },
  ...(
    [
      [1, 0b100],
      [2, 0b110],
      [3, 0b111],
    ] as const
  ).map(([FM, mask]) => ({
    id: `function-mask-${FM}`,
    title: `Function mask ${FM} of CCMD_REG leaves bits of the source-id out of account`,
    needs: LEGACY,
    steps: (bench: Bench) =>
      expectContextRefreshed(bench, () => {
        const fields = { CIRG: 3, DID: 1, SID: bench.endpoint() ^ mask, FM };
        return invalidateContexts(bench, fields, [1, 2, 3]);
      }),
  })),
  {
    id: "upper-dword-starts",
    title: "By dwords the invalidation starts with the upper one, which has ICC",
    needs: LEGACY,
    steps: (bench) =>
      expectContextRefreshed(bench, async () => {
        const fields = { ICC: 1, CIRG: 3, DID: 1, SID: bench.endpoint() };
        await bench.registers.writeDwords("CCMD", fields, [0, 1]);
        await bench.registers.waitFor("CCMD", { ICC: 0 });
      }),
  },
  {
    id: "reserved-granularity",
    title: "A reserved granularity of CCMD_REG is an error (CAIG 0), and ends",
    needs: LEGACY,
    steps: (bench) => invalidateContexts(bench, { CIRG: 0 }, [0]),
  },
  {
    id: "serviced-while-translation-is-off",
    title: "CCMD_REG is serviced while TES is clear",
    needs: joined(needsOfWorld.legacy, { capabilities: [{ MAJOR: atMost(5) }] }),
    steps: (bench) => invalidateContexts(bench, { CIRG: 1 }, [1]),
  },
]);

const scalableKinds: readonly WorldKind[] = ["first-stage", "second-stage", "pass-through"];

const refused = [
  ...casesOf("11.4.6.1", [
    ...(scalableKinds.map((kind) => ({
      id: `ignored-outside-legacy-mode-${kind}`,
      title: `Outside legacy mode CCMD_REG and IOTLB_REG report an error (${kind} tables)`,
      needs: needsOfWorld[kind],
      with: VERSION_1,
      async steps(bench) {
        const world = bench.world(kind);
        await bench.commands.setRoot(world.rootTableAddress);
        for (const granularity of [1, 2, 3]) {
          await invalidateContexts(bench, { CIRG: granularity, DID: 1 }, [0]);
          await invalidateIotlb(bench, { IIRG: granularity, DID: 1 }, [0]);
        }
      },
    })) satisfies Parameters<typeof casesOf>[1]),
  ]),
  ...casesOf("6.5.1", [
    {
      id: "ignored-from-version-6-on",
      title: "From major version 6 on CCMD_REG and IOTLB_REG report an error, in legacy mode too",
      needs: { capabilities: [{ MAJOR: atLeast(6) }] },
      async steps(bench) {
        for (const granularity of [1, 2, 3]) {
          await invalidateContexts(bench, { CIRG: granularity, DID: 1 }, [0]);
          await invalidateIotlb(bench, { IIRG: granularity, DID: 1 }, [0]);
        }
      },
    },
  ]),
];

const writeBuffers = casesOf("6.8", [
  {
    id: "implicit-flush-before-invalidation",
    title: "With RWBF a changed entry counts after an invalidation, without a flush",
    needs: LEGACY,
    with: { capabilities: { RWBF: 1 } },
    steps: (bench) =>
      expectRefreshed(bench, 1, () => invalidateIotlb(bench, { IIRG: 2, DID: 1 }, [1, 2])),
  },
  {
    id: "explicit-flush-of-an-absent-entry",
    title: "With RWBF an entry that becomes present counts after a write-buffer flush",
    needs: joined(LEGACY, { capabilities: ["!CM"] }),
    with: { capabilities: { RWBF: 1 } },
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, bench.page());
      await startWithoutQueue(bench, world);
      await bench.expectFault.dma("LGN.3", { address: IOVA + 0x1000n });
      world.map(IOVA + 0x1000n, page);
      await bench.commands.command("WBF");
      await bench.expectRead(IOVA + 0x1000n, page);
    },
  },
]);

/** Cases of register-based invalidation. */
export const registerInvalidation: readonly ConformanceCase[] = [
  ...[...iotlb, ...contexts, ...refused, ...writeBuffers],
];
