/** What resets keep (§11.3), and how registers may be accessed (§11.2). */
import { LegacyTables } from "../../../tables/legacy.js";
import { descriptor, statusWait } from "../../bench/invalidation.js";
import { needsOfWorld, WORLD_PASID } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";

const IOVA = 0x1234_5000n;

const resets = casesOf("11.3", [
  {
    id: "warm-reset-keeps-fault-records",
    title: "A warm reset keeps fault records and PPF; a power-good reset clears them",
    needs: { abilities: ["dma", "reset", "warm-reset"] },
    async steps(bench) {
      const { memory, frames } = bench;
      await bench.start(LegacyTables.create({ memory, frames }));
      await bench.endpoints.dma({ address: IOVA });
      const before = await bench.registers.read("FRCD0");
      await bench.reset("warm");
      await bench.expect.register("FSTS", { PPF: 1, FRI: 0 }, "after a warm reset");
      const kept = await bench.registers.read("FRCD0");
      bench.expect.equal("FRCD0 after a warm reset", kept, before);
      await bench.reset("power-good");
      await bench.expect.register("FSTS", { PPF: 0 }, "after a power-good reset");
      bench.expect.equal("records", await bench.faults.pending(), []);
    },
  },
  {
    id: "warm-reset-keeps-queue-errors",
    title: "A warm reset keeps IQE and IQEI; a power-good reset clears IQE",
    needs: { capabilities: ["QI"], abilities: ["reset", "warm-reset"] },
    async steps(bench) {
      await bench.queue.start();
      await bench.queue.submit([0xfn, 0n]);
      await bench.registers.waitFor("FSTS", { IQE: 1 });
      const reason = await bench.registers.field("IQERCD", "IQEI");
      await bench.reset("warm");
      await bench.expect.register("FSTS", { IQE: 1 }, "after a warm reset");
      await bench.expect.register("IQERCD", { IQEI: reason }, "after a warm reset");
      await bench.expect.register("GSTS", { QIES: 0 }, "after a warm reset");
      await bench.registers.write("FSTS", { IQE: 1 });
      await bench.expect.register("FSTS", { IQE: 0 }, "cleared");
      await bench.reset("power-good");
      await bench.expect.register("FSTS", 0n, "after a power-good reset");
    },
  },
  {
    id: "warm-reset-keeps-completion-status",
    title: "A warm reset keeps ICS.IWC; a power-good reset clears it",
    needs: { capabilities: ["QI"], abilities: ["reset", "warm-reset"] },
    async steps(bench) {
      await bench.queue.start();
      await bench.queue.run(descriptor("WAIT", { IF: 1 }));
      await bench.reset("warm");
      await bench.expect.register("ICS", { IWC: 1 }, "after a warm reset");
      await bench.reset("power-good");
      await bench.expect.register("ICS", { IWC: 0 }, "after a power-good reset");
    },
  },
  {
    id: "warm-reset-keeps-page-request-status",
    title: "A warm reset keeps PRS.PPR; a power-good reset clears it",
    needs: joined(needsOfWorld["first-stage"], {
      capabilities: ["PRS", "PASID"],
      abilities: ["pri", "pasid", "reset", "warm-reset"],
    }),
    async steps(bench) {
      await bench.pageRequests.start();
      await bench.start(bench.world("first-stage"));
      await bench.endpoints.requestPage({ pasid: WORLD_PASID, address: IOVA });
      await bench.reset("warm");
      await bench.expect.register("PRS", { PPR: 1 }, "after a warm reset");
      await bench.expect.register("PQT", 0n, "after a warm reset");
      await bench.reset("power-good");
      await bench.expect.register("PRS", { PPR: 0 }, "after a power-good reset");
    },
  },
  {
    id: "warm-reset-initialises-the-rest",
    title: "A warm reset gives what is not sticky its default value",
    needs: { abilities: ["warm-reset"] },
    async steps(bench) {
      const { memory, frames } = bench;
      await bench.start(LegacyTables.create({ memory, frames }));
      await bench.events.unmask("fault");
      if (bench.has("QI")) await bench.events.unmask("invalidation");
      await bench.reset("warm");
      await bench.expect.register("GSTS", 0n);
      await bench.expect.register("RTADDR", 0n);
      await bench.expect.register("FECTL", { IM: 1, IP: 0 });
      await bench.expect.register("FEDATA", 0n);
      await bench.expect.register("FEADDR", 0n);
      if (!bench.has("QI")) return;
      for (const name of ["IQA", "IQT", "IQH", "IEDATA", "IEADDR"]) {
        await bench.expect.register(name, 0n);
      }
      await bench.expect.register("IECTL", { IM: 1, IP: 0 });
    },
  },
  {
    id: "nothing-is-translated-after-a-reset",
    title: "After a warm reset requests pass untranslated",
    needs: joined(needsOfWorld.legacy, { abilities: ["dma", "warm-reset"] }),
    async steps(bench) {
      const [page, iova] = [bench.page(), bench.page()];
      await bench.start(bench.world("legacy").map(iova, page));
      await bench.expectRead(iova, page);
      await bench.reset("warm");
      await bench.expectRead(iova, iova);
    },
  },
  {
    id: "masked-event-is-gone-after-a-reset",
    title: "An event that waited in IP is not sent after a warm reset",
    needs: { abilities: ["dma", "interrupts", "warm-reset"] },
    async steps(bench) {
      const { memory, frames } = bench;
      await bench.start(LegacyTables.create({ memory, frames }));
      await bench.endpoints.dma({ address: IOVA });
      await bench.expect.register("FECTL", { IM: 1, IP: 1 }, "before");
      await bench.reset("warm");
      await bench.expect.register("FECTL", { IM: 1, IP: 0 }, "afterwards");
      await bench.events.unmask("fault");
      bench.expect.equal("interrupts", await bench.events.interrupts(), []);
    },
  },
]);

const access = casesOf("11.2", [
  {
    id: "queue-registers-by-dwords",
    title: "The queue works when IQA and IQT are written by dwords",
    needs: { capabilities: ["QI"] },
    async steps(bench) {
      const status = bench.page();
      const base = bench.frames.allocate(1);
      const words = statusWait(status, 0x6b6b);
      words.forEach((value, index) => bench.memory.write64(base + BigInt(8 * index), value));
      await bench.registers.writeDwords("IQT", 0n, [0, 1]);
      await bench.registers.writeDwords("IQA", { IQA: base }, [0, 1]);
      await bench.commands.command("QIE");
      await bench.registers.writeDwords("IQT", 16n, [0]);
      await bench.registers.waitFor("IQH", { QH: 16 });
      await bench.expect.memory("status", status, Uint8Array.of(0x6b, 0x6b, 0, 0));
    },
  },
  {
    id: "fault-record-by-dwords",
    title: "A fault record reads the same by 32 and by 64 bits, and is cleared by its last dword",
    needs: { abilities: ["dma"] },
    async steps(bench) {
      const { memory, frames } = bench;
      await bench.start(LegacyTables.create({ memory, frames }));
      await bench.endpoints.dma({ address: IOVA, access: "write" });
      const whole = await bench.registers.read("FRCD0");
      let parts = 0n;
      for (const half of [3, 2, 1, 0]) {
        parts |= (await bench.registers.readDword("FRCD0", half)) << BigInt(32 * half);
      }
      bench.expect.equal("FRCD0 by dwords", parts, whole);
      await bench.registers.writeDwords("FRCD0", 0xffff_ffffn, [0]);
      await bench.expect.register("FSTS", { PPF: 1 }, "after a write of the first dword");
      await bench.faults.clearRecord(0);
      await bench.expect.register("FSTS", { PPF: 0 }, "after a write of the last dword");
    },
  },
  {
    id: "upper-half-keeps-the-lower",
    title: "A write to one half of a 64-bit register leaves the other as it is",
    async steps(bench) {
      const value = bench.frames.allocate(1);
      await bench.registers.write("RTADDR", value);
      await bench.registers.writeDwords("RTADDR", 0n, [1]);
      await bench.expect.register("RTADDR", value & 0xffff_ffffn);
    },
  },
]);

/** Cases of resets and accesses. */
export const resetsAndAccess: readonly ConformanceCase[] = [...[...resets, ...access]];
