/** Register-based invalidation, and what commands of other files leave out (§11.2, §11.4). */
import { LegacyTables } from "../../../tables/legacy.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { atMost, joined } from "../../needs.js";

const IOVA = 0x1234_5000n;
const DMA = joined(needsOfWorld.legacy, { abilities: ["dma"] });

const triggers = casesOf("11.2", [
  {
    id: "ccmd-by-dwords",
    title: "Of CCMD written by dwords the upper one starts the invalidation, the lower one nothing",
    needs: { capabilities: [{ MAJOR: atMost(5) }] },
    async steps(bench) {
      const value = { ICC: 1, CIRG: 1 };
      await bench.registers.writeDwords("CCMD", value, [0]);
      await bench.expect.register("CCMD", { ICC: 0, CAIG: 0 }, "after the lower dword");
      await bench.registers.writeDwords("CCMD", value, [1]);
      await bench.registers.waitFor("CCMD", { ICC: 0 });
      await bench.expect.register("CCMD", { CAIG: 1 }, "after the upper dword");
    },
  },
  {
    id: "iotlb-by-dwords",
    title:
      "Of IOTLB written by dwords the upper one starts the invalidation, the lower one nothing",
    needs: { capabilities: [{ MAJOR: atMost(5) }] },
    async steps(bench) {
      const value = { IVT: 1, IIRG: 1 };
      await bench.registers.writeDwords("IOTLB", value, [0]);
      await bench.expect.register("IOTLB", { IVT: 0, IAIG: 0 }, "after the lower dword");
      await bench.registers.writeDwords("IOTLB", value, [1]);
      await bench.registers.waitFor("IOTLB", { IVT: 0 });
      await bench.expect.register("IOTLB", { IAIG: 1 }, "after the upper dword");
    },
  },
]);

const addressed = casesOf("11.4.6.4", [
  {
    id: "page-selective-by-registers",
    title: "A page-selective invalidation through IVA and IOTLB makes a changed leaf entry count",
    needs: joined(needsOfWorld.legacy, {
      capabilities: ["PSI", { MAJOR: atMost(5) }],
      abilities: ["dma"],
    }),
    async steps(bench) {
      const [before, after, other] = [bench.page(), bench.page(), bench.page()];
      const world = bench
        .world("legacy")
        .map(IOVA, before)
        .map(IOVA + 0x1000n, other);
      await bench.commands.setRoot(world.rootTableAddress);
      await bench.invalidateAll();
      await bench.commands.command("TE");
      await bench.expectRead(IOVA, before);
      world.leaf(IOVA).set({ ADDR: after });
      await bench.registers.write("IVA", { ADDR: IOVA, AM: 0 });
      await bench.registers.write("IOTLB", { IVT: 1, IIRG: 3, DID: world.domain });
      await bench.registers.waitFor("IOTLB", { IVT: 0 });
      const done = await bench.registers.field("IOTLB", "IAIG");
      bench.expect.that("IAIG says that it was done", done !== 0n, done);
      await bench.expectRead(IOVA, after);
      await bench.expectRead(IOVA + 0x1000n, other);
    },
  },
]);

const commands = casesOf("11.4.4.1", [
  {
    id: "srtp-invalidates-with-esrtps",
    title: "A unit with ESRTPS forgets every cached translation at SRTP",
    needs: joined(DMA, { capabilities: ["ESRTPS"] }),
    async steps(bench) {
      const [first, second] = [bench.page(), bench.page()];
      await bench.start(bench.world("legacy").map(IOVA, first));
      await bench.expectRead(IOVA, first);
      await bench.commands.setRoot(bench.world("legacy").map(IOVA, second).rootTableAddress);
      await bench.expectRead(IOVA, second);
    },
  },
  {
    id: "qie-off-resets-head",
    title: "QIE taken back clears QIES, and IQH is 0 again",
    needs: { capabilities: ["QI"] },
    async steps(bench) {
      await bench.queue.start();
      await bench.queue.run(descriptor("WAIT"));
      await bench.expect.register("GSTS", { QIES: 1 });
      const head = await bench.queue.head();
      bench.expect.that("IQH has moved", head !== 0, head);
      await bench.commands.command("QIE", false);
      bench.expect.equal("IQH", await bench.queue.head(), 0);
    },
  },
  {
    id: "cfi-follows-command",
    title: "CFI is confirmed by CFIS, on and off",
    needs: { capabilities: ["IR"] },
    async steps(bench) {
      await bench.commands.command("CFI");
      await bench.expect.register("GSTS", { CFIS: 1 });
      await bench.commands.command("CFI", false);
      await bench.expect.register("GSTS", { CFIS: 0 });
    },
  },
]);

const faultStatus = casesOf("11.4.7.1", [
  {
    id: "ppf-is-of-the-records",
    title: "PPF is set while a record has its F, and no write of FSTS clears it",
    needs: { abilities: ["dma"] },
    async steps(bench) {
      const { memory, frames, faults, registers } = bench;
      await bench.start(LegacyTables.create({ memory, frames }));
      await bench.endpoints.dma({ address: IOVA });
      await bench.expect.register("FSTS", { PPF: 1, PFO: 0 });
      await registers.write("FSTS", { PPF: 1 });
      await bench.expect.register("FSTS", { PPF: 1 }, "after a write of PPF");
      await faults.clear();
      await bench.expect.register("FSTS", { PPF: 0 }, "after the record was cleared");
    },
  },
]);

export const registerInvalidationCases: readonly ConformanceCase[] = [
  ...[...triggers, ...addressed, ...commands, ...faultStatus],
];
