/** The handshake of GCMD_REG and GSTS_REG (§11.4.4), and what SRTP latches (§11.4.5). */
import { LegacyTables } from "../../../tables/legacy.js";
import { InterruptTable } from "../../../tables/interrupt-table.js";
import type { Bench } from "../../bench/bench.js";
import type { GlobalCommand } from "../../bench/commands.js";
import { needsOfWorld, WORLD_PASID } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";

const DMA = { abilities: ["dma"] } as const;
const IOVA = 0x1234_5000n;
/** Bits of GSTS that a command reports in. */
const STATUS_BITS = 0xcf80_0000n;

function emptyRoot({ memory, frames }: Bench): bigint {
  return LegacyTables.create({ memory, frames }).rootTableAddress;
}

function interruptTable(bench: Bench): InterruptTable {
  const { memory, frames } = bench;
  return InterruptTable.create({ memory, frames, extended: bench.has("EIMER") });
}

/** GSTS has these bits and no others. */
async function expectStatus(bench: Bench, when: string, names: readonly string[]): Promise<void> {
  const all = ["TES", "RTPS", "WBFS", "QIES", "IRES", "IRTPS", "CFIS"];
  const fields = Object.fromEntries(all.map((name) => [name, names.includes(name) ? 1 : 0]));
  await bench.expect.register("GSTS", fields, when);
  const rest = (await bench.registers.read("GSTS")) & ~STATUS_BITS;
  bench.expect.equal(`reserved bits of GSTS ${when}`, rest, 0n);
}

const handshakes = casesOf("11.4.4.1", [
  {
    id: "queue-enable",
    title: "QIE is confirmed by QIES in both directions, and changes no other status",
    needs: { capabilities: ["QI"] },
    async steps(bench) {
      await bench.queue.start();
      await expectStatus(bench, "with QIE", ["QIES"]);
      await bench.commands.command("QIE", false);
      await expectStatus(bench, "without", []);
    },
  },
  {
    id: "root-pointer-then-translation",
    title: "SRTP and TE are confirmed by RTPS and TES, and TE off leaves RTPS",
    async steps(bench) {
      await bench.commands.setRoot(emptyRoot(bench));
      await expectStatus(bench, "after SRTP", ["RTPS"]);
      await bench.commands.command("TE");
      await expectStatus(bench, "after TE", ["RTPS", "TES"]);
      await bench.commands.command("TE", false);
      await expectStatus(bench, "after TE off", ["RTPS"]);
    },
  },
  {
    id: "interrupt-pointer-then-remapping",
    title: "SIRTP, IRE and CFI are confirmed by IRTPS, IRES and CFIS",
    needs: { capabilities: ["IR"] },
    async steps(bench) {
      await bench.commands.setInterruptTable(interruptTable(bench).tableAddress);
      await expectStatus(bench, "after SIRTP", ["IRTPS"]);
      await bench.commands.command("IRE");
      await expectStatus(bench, "after IRE", ["IRTPS", "IRES"]);
      await bench.commands.command("CFI");
      await expectStatus(bench, "after CFI", ["IRTPS", "IRES", "CFIS"]);
      await bench.commands.command("CFI", false);
      await expectStatus(bench, "after CFI off", ["IRTPS", "IRES"]);
      await bench.commands.command("IRE", false);
      await expectStatus(bench, "after IRE off", ["IRTPS"]);
    },
  },
  {
    id: "whole-sequence",
    title: "Every command leaves what the commands before it have set",
    needs: { capabilities: ["QI", "IR"] },
    async steps(bench) {
      await bench.queue.start();
      await bench.commands.setRoot(emptyRoot(bench));
      await bench.commands.setInterruptTable(interruptTable(bench).tableAddress);
      await bench.commands.command("IRE");
      await bench.commands.command("TE");
      const all = ["QIES", "RTPS", "IRTPS", "IRES", "TES"];
      await expectStatus(bench, "with everything on", all);
      const off: readonly (readonly [GlobalCommand, string])[] = [
        ["TE", "TES"],
        ["IRE", "IRES"],
        ["QIE", "QIES"],
      ];
      const left = new Set(all);
      for (const [command, status] of off) {
        await bench.commands.command(command, false);
        left.delete(status);
        await expectStatus(bench, `after ${command} off`, [...left]);
      }
    },
  },
  {
    id: "same-command-again",
    title: "A level command that is given again changes nothing",
    async steps(bench) {
      await bench.commands.setRoot(emptyRoot(bench));
      await bench.commands.command("TE");
      await bench.commands.command("TE");
      await expectStatus(bench, "after TE twice", ["RTPS", "TES"]);
    },
  },
  {
    id: "one-shot-written-0",
    title: "Writing 0 to SRTP and SIRTP leaves RTPS and IRTPS set",
    needs: { capabilities: ["IR"] },
    async steps(bench) {
      await bench.commands.setRoot(emptyRoot(bench));
      await bench.commands.setInterruptTable(interruptTable(bench).tableAddress);
      await bench.registers.write("GCMD", 0n);
      await expectStatus(bench, "after a write of 0", ["RTPS", "IRTPS"]);
    },
  },
  {
    id: "srtp-again-and-again",
    title: "SRTP may be given again: RTPS comes to be set each time",
    async steps(bench) {
      for (let time = 0; time < 3; time++) await bench.commands.setRoot(emptyRoot(bench));
      await expectStatus(bench, "after three times", ["RTPS"]);
    },
  },
  {
    id: "write-buffer-flush",
    title: "With RWBF a write-buffer flush ends with WBFS clear, and leaves the rest as it was",
    needs: { capabilities: ["RWBF"] },
    with: { capabilities: { RWBF: 1 } },
    async steps(bench) {
      await bench.commands.setRoot(emptyRoot(bench));
      await bench.commands.command("TE");
      await bench.commands.command("WBF");
      await expectStatus(bench, "after WBF", ["RTPS", "TES"]);
      await bench.commands.command("WBF");
      await expectStatus(bench, "after WBF again", ["RTPS", "TES"]);
    },
  },
  {
    id: "status-is-read-only",
    title: "A write to GSTS changes nothing",
    async steps(bench) {
      await bench.commands.setRoot(emptyRoot(bench));
      await bench.registers.write("GSTS", 0xffff_ffffn);
      await expectStatus(bench, "after all ones", ["RTPS"]);
      await bench.registers.write("GSTS", 0n);
      await expectStatus(bench, "after zeros", ["RTPS"]);
    },
  },
  {
    id: "translation-off-passes-unchanged",
    title:
      "Once TES is clear requests pass untranslated, and are translated again after SRTP and TE",
    needs: joined(needsOfWorld.legacy, DMA),
    async steps(bench) {
      const [page, iova] = [bench.page(), bench.page()];
      const world = bench.world("legacy").map(iova, page);
      await bench.expectRead(iova, iova);
      await bench.start(world);
      await bench.expectRead(iova, page);
      await bench.commands.command("TE", false);
      await bench.expectRead(iova, iova);
      await bench.start(world);
      await bench.expectRead(iova, page);
    },
  },
]);

const rootPointer = casesOf("11.4.5", [
  {
    id: "mode-waits-for-srtp",
    title: "TTM written to RTADDR counts from the next SRTP on",
    needs: joined(needsOfWorld.legacy, DMA, { capabilities: ["SMTS"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, page);
      await bench.start(world);
      await bench.registers.write("RTADDR", world.rootTableAddress | 0x400n);
      await bench.expectRead(IOVA, page);
      await bench.expect.register("RTADDR", { TTM: 1 });
    },
  },
  {
    id: "root-written-by-dwords",
    title: "A root pointer that is written by dwords is latched whole by SRTP",
    needs: joined(needsOfWorld.legacy, DMA),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, page);
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        await bench.registers.write("RTADDR", 0n);
        await bench.registers.writeDwords("RTADDR", world.rootTableAddress, order);
        await bench.commands.command("SRTP");
        await bench.invalidateAll();
        await bench.commands.command("TE");
        await bench.expectRead(IOVA, page);
        await bench.commands.command("TE", false);
      }
    },
  },
  {
    id: "abort-mode-blocks-dma",
    title: "In abort-DMA mode every untranslated request is blocked (33h)",
    needs: { capabilities: ["ADMS"], abilities: ["dma"] },
    async steps(bench) {
      await bench.commands.setRoot(0xc00n);
      await bench.commands.command("TE");
      const address = bench.page();
      await bench.expectFault.dma("RTA.4", { address });
      await bench.expectFault.dma("RTA.4", { address, access: "write" });
      await bench.expectFault.dma("RTA.4", { address, sourceId: bench.endpoint(1) });
    },
  },
  {
    id: "abort-mode-blocks-requests-with-pasid",
    title: "In abort-DMA mode requests with PASID are blocked too (33h)",
    needs: { capabilities: ["ADMS", "PASID"], abilities: ["dma", "pasid"] },
    async steps(bench) {
      await bench.commands.setRoot(0xc00n);
      await bench.commands.command("TE");
      await bench.expectFault.dma("RTA.4", { address: bench.page(), pasid: WORLD_PASID });
    },
  },
  {
    id: "abort-mode-refuses-translation-requests",
    title: "In abort-DMA mode translation requests and translated requests are Unsupported (33h)",
    needs: { capabilities: ["ADMS", "DT"], abilities: ["dma", "ats", "translated"] },
    async steps(bench) {
      await bench.commands.setRoot(0xc00n);
      await bench.commands.command("TE");
      const address = bench.page();
      await bench.expectFault.translation("RTA.4", { address });
      await bench.expectFault.dma("RTA.4", { address, translated: true });
    },
  },
  {
    id: "abort-mode-answers-page-requests",
    title: "In abort-DMA mode a page request is answered with Invalid Request (33h)",
    needs: { capabilities: ["ADMS", "PRS"], abilities: ["pri", "pasid"] },
    async steps(bench) {
      await bench.pageRequests.start();
      await bench.commands.setRoot(0xc00n);
      await bench.commands.command("TE");
      const request = { address: IOVA, pasid: WORLD_PASID, group: 3 };
      await bench.expectFault.pageRequest("RTA.4", request);
      const [answer] = await bench.events.responses();
      bench.expect.fields("the response", { ...answer }, { group: 3, code: 1 });
      await bench.expect.register("PQT", 0n);
    },
  },
  {
    id: "abort-mode-reads-no-tables",
    title: "Abort-DMA mode needs no root table: what RTADDR points to is not read",
    needs: joined(needsOfWorld.legacy, DMA, { capabilities: ["ADMS"], abilities: ["poison"] }),
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      const root = world.rootTableAddress;
      await bench.poison(root, 4096);
      await bench.commands.setRoot(root | 0xc00n);
      await bench.commands.command("TE");
      await bench.expectFault.dma("RTA.4", { address: IOVA });
    },
  },
  {
    id: "abort-mode-ends-with-srtp",
    title: "With CAP.ESRTPS translation goes on when SRTP leaves abort-DMA mode",
    needs: joined(needsOfWorld.legacy, DMA, { capabilities: ["ADMS", "ESRTPS"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, page);
      await bench.commands.setRoot(0xc00n);
      await bench.commands.command("TE");
      await bench.expectFault.dma("RTA.4", { address: IOVA });
      await bench.commands.setRoot(world.rootTableAddress);
      await bench.expectRead(IOVA, page);
      await bench.commands.setRoot(0xc00n);
      await bench.expectFault.dma("RTA.4", { address: IOVA });
    },
  },
]);

/** Cases of global commands and of the root pointer. */
export const globalCommands: readonly ConformanceCase[] = [...handshakes, ...rootPointer];
