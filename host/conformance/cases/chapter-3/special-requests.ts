import type { Bench } from "../../bench/bench.js";
import type { DmaRequest } from "../../bench/endpoints.js";
import { needsOfWorld, type WorldKind } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { joined, withBits } from "../../needs.js";
import { needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x89ab_c000n;
const ZERO_LENGTH = needsOfRequest["zero-length-read"];
const WRITE_ONLY = { second: { read: false } } as const;
const secondStages = ["legacy", "second-stage", "nested"] as const;

async function zeroLengthRead(bench: Bench, address = IOVA): Promise<void> {
  const { outcome } = await bench.endpoints.dma({ address, length: 0 });
  bench.expect.equal("the zero-length read", outcome, "done");
}

const zeroLengthReads = casesOf("3.14", [
  ...caseForEach(secondStages, (kind) => ({
    id: `write-only-page-${kind}`,
    title: `With ZLR set a zero-length read may go to a write-only page (${kind})`,
    needs: joined(needsOfWorld[kind], ZERO_LENGTH, { capabilities: ["ZLR"] }),
    async steps(bench) {
      await bench.start(bench.world(kind).map(IOVA, bench.page(), WRITE_ONLY));
      await zeroLengthRead(bench);
      await bench.expectFault.none();
      const condition = kind === "legacy" ? "LGN.3" : "SGN.7";
      await bench.expectFault.dma(condition, { address: IOVA });
    },
  })),
  ...caseForEach(secondStages, (kind) => ({
    id: `write-only-page-refused-${kind}`,
    title: `With ZLR clear a zero-length read needs R like any read (${kind})`,
    needs: joined(needsOfWorld[kind], ZERO_LENGTH, { capabilities: ["!ZLR"] }),
    with: { capabilities: { ZLR: 0 } },
    async steps(bench) {
      const world = bench.world(kind).map(IOVA, bench.page(), WRITE_ONLY);
      await bench.start(world.map(IOVA + 0x1000n, bench.page()));
      const condition = kind === "legacy" ? "LGN.3" : "SGN.7";
      await bench.expectFault.dma(condition, { address: IOVA, length: 0 });
      await zeroLengthRead(bench, IOVA + 0x1000n);
    },
  })),
  ...caseForEach(
    [
      ["legacy", "LGN.3"],
      ["first-stage", "SFS.2"],
      ["second-stage", "SSS.2"],
      ["nested", "SFS.2"],
    ] as const,
    ([kind, condition]) => ({
      id: `not-mapped-${kind}`,
      title: `A zero-length read of a page that is not mapped is a fault (${kind})`,
      needs: joined(needsOfWorld[kind], ZERO_LENGTH),
      async steps(bench) {
        await bench.start(bench.world(kind));
        await bench.expectFault.dma(condition, { address: IOVA, length: 0 });
      },
    }),
  ),
  {
    id: "first-stage-privilege",
    title: "ZLR does not free a zero-length read from the check of U/S",
    needs: joined(needsOfWorld["first-stage"], ZERO_LENGTH),
    async steps(bench) {
      const world = bench.world("first-stage");
      await bench.start(world.map(IOVA, bench.page(), { first: { user: false } }));
      await bench.expectFault.dma("SGN.2", { address: IOVA, length: 0 });
    },
  },
  {
    id: "accessed-and-not-dirty",
    title: "A zero-length read sets A, and D it does not",
    needs: joined(needsOfWorld["first-stage"], ZERO_LENGTH, { capabilities: ["SMPWCS"] }),
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page());
      await bench.start(world);
      await zeroLengthRead(bench);
      await bench.expect.entry("the leaf", world.leaf(IOVA), { A: 1, D: 0 });
    },
  },
]);

const IN_RANGE = 0xfee0_1000n;
const translated = ["legacy", "first-stage", "second-stage", "nested"] as const;
const OUTPUT_FAULT: Readonly<Partial<Record<WorldKind, string>>> = { legacy: "LGN.4" };

/** What is no interrupt, and no DMA either. */
const illegal: readonly (readonly [string, string, DmaRequest, ("dma" | "atomic")?])[] = [
  ["read", "A read", { address: IN_RANGE }],
  ["short-write", "A write of 2 bytes", { address: IN_RANGE, data: Uint8Array.of(1, 2) }],
  ["long-write", "A write of 8 bytes", { address: IN_RANGE, access: "write", length: 8 }],
  ["atomic", "An AtomicOp", { address: IN_RANGE, access: "atomic" }, "atomic"],
];

const interruptRange = casesOf("3.15", [
  {
    id: "dword-write-is-interrupt",
    title: "A DWORD write without PASID to FEEx_xxxxh is an interrupt although tables map the page",
    needs: joined(needsOfWorld.legacy, needsOfRequest.dma, { abilities: ["interrupts"] }),
    async steps(bench) {
      const page = bench.page();
      const before = bench.memory.readBytes(page, 16);
      await bench.start(bench.world("legacy").map(IN_RANGE, page));
      const data = Uint8Array.of(0x45, 0, 0, 0);
      const { outcome } = await bench.endpoints.dma({ address: IN_RANGE, data });
      bench.expect.equal("the write", outcome, "interrupt");
      const [message] = await bench.events.interrupts();
      bench.expect.fields("interrupt", { ...message }, { address: IN_RANGE, data: 0x45 });
      await bench.expect.memory("the page", page, before);
      await bench.expectFault.none();
    },
  },
  {
    id: "dword-write-is-interrupt-in-scalable-mode",
    title: "In scalable mode too a DWORD write without PASID to FEEx_xxxxh is an interrupt",
    needs: joined(needsOfWorld["pass-through"], needsOfRequest.dma),
    async steps(bench) {
      await bench.start(bench.world("pass-through"));
      for (const address of [0xfee0_0000n, 0xfeef_fffcn]) {
        const { outcome } = await bench.endpoints.dma({ address, data: Uint8Array.of(1, 0, 0, 0) });
        bench.expect.equal(`the write to 0x${address.toString(16)}`, outcome, "interrupt");
      }
      await bench.expectFault.none();
    },
  },
  ...caseForEach(illegal, ([name, title, request, kind = "dma"]) => ({
    id: `illegal-${name}`,
    title: `${title} without PASID in FEEx_xxxxh is blocked and recorded`,
    needs: joined(needsOfWorld.legacy, needsOfRequest[kind]),
    async steps(bench) {
      await bench.start(bench.world("legacy").map(IN_RANGE, bench.page()));
      const { outcome } = await bench.endpoints.dma(request);
      bench.expect.equal("the request", outcome, "blocked");
      // Of a unit without interrupt remapping the code is left open.
      const ignore = bench.has("IR") ? ["FI"] : ["FI", "FR", "T1", "T2"];
      await bench.expectFault.recorded("IR.29", request, { ignore });
    },
  })),
  {
    id: "zero-length-read-bypasses",
    title: "A zero-length read without PASID in FEEx_xxxxh completes and is not translated",
    needs: joined(needsOfWorld.legacy, ZERO_LENGTH),
    async steps(bench) {
      await bench.start(bench.world("legacy"));
      const { outcome } = await bench.endpoints.dma({ address: IN_RANGE, length: 0 });
      bench.expect.that("it completes", outcome !== "blocked", outcome);
      await bench.expectFault.none();
    },
  },
  ...caseForEach(["first-stage", "second-stage", "nested"] as const, (kind) => ({
    id: `with-pasid-is-translated-${kind}`,
    title: `A request with PASID to FEEx_xxxxh is translated like any other (${kind})`,
    needs: joined(needsOfWorld[kind], needsOfRequest["dma-with-pasid"]),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world(kind).map(IN_RANGE, page));
      await bench.expectRead(IN_RANGE, page, WITH_PASID);
      await bench.expectWrite(IN_RANGE + 8n, page + 8n, WITH_PASID);
      await bench.expectFault.none();
    },
  })),
  ...caseForEach(translated, (kind) => ({
    id: `output-bounds-${kind}`,
    title: `The first and the last page of FEEx_xxxxh are no output, the pages beside are (${kind})`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma, { abilities: ["no-memory"] }),
    async steps(bench) {
      const outputs = [0xfedf_f000n, 0xfee0_0000n, 0xfeef_f000n, 0xfef0_0000n];
      const world = bench.world(kind);
      for (const [index, output] of outputs.entries()) {
        world.map(IOVA + BigInt(0x1000 * index), output);
      }
      await bench.start(world);
      const condition = OUTPUT_FAULT[kind] ?? "SGN.8.1";
      await bench.expectFault.dma(condition, { address: IOVA + 0x1000n });
      await bench.expectFault.dma(condition, { address: IOVA + 0x2000n });
      for (const address of [IOVA, IOVA + 0x3000n]) {
        const { outcome } = await bench.endpoints.dma({ address });
        bench.expect.that("beside the range it passes", outcome !== "blocked", outcome);
      }
      await bench.expectFault.none();
    },
  })),
  {
    id: "large-page-around-range",
    title: "Of a large page around FEEx_xxxxh an untranslated request may use what lies beside",
    needs: joined(needsOfWorld["second-stage"], needsOfRequest.dma, {
      capabilities: [{ SSLPS: withBits(1) }],
      abilities: ["no-memory"],
    }),
    async steps(bench) {
      const world = bench.world("second-stage");
      await bench.start(world.map(0x4000_0000n, 0xfee0_0000n, { size: 0x20_0000 }));
      await bench.expectFault.dma("SGN.8.1", { address: 0x4000_1000n });
      const { outcome } = await bench.endpoints.dma({ address: 0x4010_0000n });
      bench.expect.that("beside the range it passes", outcome !== "blocked", outcome);
      await bench.expectFault.none();
    },
  },
]);

export const specialRequests = [...zeroLengthReads, ...interruptRange];
