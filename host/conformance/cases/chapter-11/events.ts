/** Control registers of the fault event (§11.4.7.2) and of the page request event (§11.4.11.5). */
import { LegacyTables } from "../../../tables/legacy.js";
import type { Bench } from "../../bench/bench.js";
import { EVENT_MESSAGES } from "../../bench/events.js";
import { needsOfWorld, WORLD_PASID } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { atLeast, joined } from "../../needs.js";

const FAULTS = { abilities: ["dma", "interrupts"] } as const;
const IOVA = 0x1234_5000n;

async function interruptCount(bench: Bench): Promise<number> {
  return (await bench.events.interrupts()).length;
}

/** Every request faults, and the event is not masked. */
async function startFaulting(bench: Bench): Promise<void> {
  const { memory, frames } = bench;
  await bench.start(LegacyTables.create({ memory, frames }));
  await bench.events.unmask("fault");
}

const fault = (bench: Bench, index: number) =>
  bench.endpoints.dma({ sourceId: bench.endpoint(index), address: IOVA });

const faultEvents = casesOf("11.4.7.2", [
  {
    id: "one-event-while-ppf",
    title: "While PPF is set another fault sends no event; once all are cleared the next one does",
    needs: joined(FAULTS, { capabilities: [{ NFR: atLeast(1) }] }),
    async steps(bench) {
      await startFaulting(bench);
      await fault(bench, 0);
      bench.expect.equal("the first", await interruptCount(bench), 1);
      await fault(bench, 1);
      bench.expect.equal("the second", await interruptCount(bench), 0);
      await bench.faults.clearRecord(0);
      await bench.expect.register("FSTS", { PPF: 1 }, "with one record left");
      await bench.faults.clearRecord(1);
      await bench.expect.register("FSTS", { PPF: 0 }, "with none left");
      await fault(bench, 0);
      bench.expect.equal("the third", await interruptCount(bench), 1);
    },
  },
  {
    id: "ip-stays-until-the-last-record",
    title: "IP under the mask is cleared with the last record, and not before",
    needs: joined(FAULTS, { capabilities: [{ NFR: atLeast(1) }] }),
    async steps(bench) {
      await startFaulting(bench);
      await bench.events.mask("fault");
      await fault(bench, 0);
      await fault(bench, 1);
      await bench.expect.register("FECTL", { IM: 1, IP: 1 }, "with two records");
      await bench.faults.clearRecord(0);
      await bench.expect.register("FECTL", { IM: 1, IP: 1 }, "with one record");
      await bench.faults.clearRecord(1);
      await bench.expect.register("FECTL", { IM: 1, IP: 0 }, "with none");
      await bench.registers.write("FECTL", { IM: 0 });
      bench.expect.equal("interrupts", await interruptCount(bench), 0);
    },
  },
  {
    id: "no-event-while-another-status-is-set",
    title: "A fault that is recorded while IQE is set sends no event",
    needs: joined(FAULTS, { capabilities: ["QI"] }),
    async steps(bench) {
      await startFaulting(bench);
      await bench.queue.submit([0xfn, 0n]);
      await bench.registers.waitFor("FSTS", { IQE: 1 });
      bench.expect.equal("of the queue", await interruptCount(bench), 1);
      await fault(bench, 0);
      await bench.expect.register("FSTS", { IQE: 1, PPF: 1 });
      bench.expect.equal("of the fault", await interruptCount(bench), 0);
    },
  },
  {
    id: "upper-message-address",
    title: "With ECAP.EIM the fault event is sent to FEUADDR and FEADDR",
    needs: joined(FAULTS, { capabilities: ["EIM"] }),
    async steps(bench) {
      await startFaulting(bench);
      await bench.registers.write("FEUADDR", 0x1234_5600n);
      await fault(bench, 0);
      const [message] = await bench.events.interrupts();
      bench.expect.equal("address", message?.address, 0x1234_5600_fee0_1004n);
      bench.expect.equal("data", message?.data, EVENT_MESSAGES.fault.data);
    },
  },
  {
    id: "masked-after-reset",
    title: "Out of reset the fault event is masked, and IP says that it waits",
    needs: FAULTS,
    async steps(bench) {
      const { memory, frames } = bench;
      await bench.start(LegacyTables.create({ memory, frames }));
      await fault(bench, 0);
      await bench.expect.register("FECTL", { IM: 1, IP: 1 });
      bench.expect.equal("interrupts", await interruptCount(bench), 0);
    },
  },
]);

const PAGES = joined(needsOfWorld["first-stage"], {
  capabilities: ["PRS", "PASID"],
  abilities: ["pri", "pasid", "interrupts"],
});

/** Page requests are served, and their event is not masked. */
async function startPages(bench: Bench): Promise<void> {
  await bench.pageRequests.start();
  await bench.events.unmask("page-request");
  await bench.start(bench.world("first-stage"));
}

const request = (bench: Bench, group = 0) =>
  bench.endpoints.requestPage({ pasid: WORLD_PASID, address: IOVA, group });

const pageEvents = casesOf("11.4.11.5", [
  {
    id: "one-event-while-ppr",
    title: "While PPR is set another page request sends no event; once it is cleared the next does",
    needs: PAGES,
    async steps(bench) {
      await startPages(bench);
      await request(bench);
      bench.expect.equal("the first", await interruptCount(bench), 1);
      await request(bench, 1);
      bench.expect.equal("the second", await interruptCount(bench), 0);
      await bench.registers.write("PRS", { PPR: 1 });
      await bench.expect.register("PRS", { PPR: 0, PRO: 0 });
      await request(bench, 2);
      bench.expect.equal("the third", await interruptCount(bench), 1);
      bench.expect.equal("requests", (await bench.pageRequests.take()).length, 3);
    },
  },
  {
    id: "masked-event-waits",
    title: "Under PECTL.IM the event waits in IP, and is sent when the mask is taken away",
    needs: PAGES,
    async steps(bench) {
      await startPages(bench);
      await bench.events.mask("page-request");
      await request(bench);
      await bench.expect.register("PECTL", { IM: 1, IP: 1 });
      bench.expect.equal("interrupts under the mask", await interruptCount(bench), 0);
      await bench.registers.write("PECTL", { IM: 0 });
      bench.expect.equal("interrupts", await interruptCount(bench), 1);
      await bench.expect.register("PECTL", { IM: 0, IP: 0 });
    },
  },
  {
    id: "serviced-event-is-not-sent",
    title: "Clearing PPR clears IP, and the mask taken away then sends nothing",
    needs: PAGES,
    async steps(bench) {
      await startPages(bench);
      await bench.events.mask("page-request");
      await request(bench);
      await bench.registers.write("PRS", { PPR: 1 });
      await bench.expect.register("PECTL", { IM: 1, IP: 0 });
      await bench.registers.write("PECTL", { IM: 0 });
      bench.expect.equal("interrupts", await interruptCount(bench), 0);
    },
  },
  {
    id: "overflow-event",
    title: "An overflow with PPR clear sets PRO and sends an event of its own",
    needs: PAGES,
    async steps(bench) {
      await startPages(bench);
      const { capacity } = bench.pageRequests;
      for (let group = 0; group < capacity; group++) await request(bench, group);
      bench.expect.equal("while the queue fills", await interruptCount(bench), 1);
      await bench.registers.write("PRS", { PPR: 1 });
      await request(bench, 200);
      await bench.expect.register("PRS", { PRO: 1, PPR: 0 });
      bench.expect.equal("of the overflow", await interruptCount(bench), 1);
      await request(bench, 201);
      bench.expect.equal("of another one", await interruptCount(bench), 0);
    },
  },
  {
    id: "status-bits-by-themselves",
    title: "PPR and PRO are cleared each by a write of 1, and stay under a write of 0",
    section: "11.4.11.4",
    needs: PAGES,
    async steps(bench) {
      await startPages(bench);
      const { capacity } = bench.pageRequests;
      for (let group = 0; group <= capacity; group++) await request(bench, group);
      await bench.expect.register("PRS", { PRO: 1, PPR: 1 });
      await bench.registers.write("PRS", 0n);
      await bench.expect.register("PRS", { PRO: 1, PPR: 1 }, "after a write of 0");
      await bench.registers.write("PRS", { PPR: 1 });
      await bench.expect.register("PRS", { PRO: 1, PPR: 0 }, "after PPR");
      await bench.registers.write("PRS", { PRO: 1 });
      await bench.expect.register("PRS", { PRO: 0, PPR: 0 }, "after PRO");
    },
  },
  {
    id: "upper-message-address",
    title: "With ECAP.EIM the page request event is sent to PEUADDR and PEADDR",
    needs: joined(PAGES, { capabilities: ["EIM"] }),
    async steps(bench) {
      await startPages(bench);
      await bench.registers.write("PEUADDR", 0x0fed_cb00n);
      await request(bench);
      const [message] = await bench.events.interrupts();
      bench.expect.equal("address", message?.address, 0x0fed_cb00_fee0_3004n);
    },
  },
  ...[0, 1, 3].map((size) => ({
    id: `queue-wraps-pqs-${size}`,
    title: `A page request queue with PQS ${size} goes on at entry 0 behind its last`,
    section: "11.4.11.3",
    needs: PAGES,
    async steps(bench: Bench) {
      await bench.pageRequests.start(size);
      await bench.start(bench.world("first-stage"));
      const { capacity } = bench.pageRequests;
      let sent = 0;
      for (const burst of [capacity, 5, 3]) {
        const first = sent;
        for (let index = 0; index < burst; index++) await request(bench, sent++ % 512);
        const taken = await bench.pageRequests.take();
        const groups = taken.map(([, word = 0n]) => Number((word >> 3n) & 0x1ffn));
        const wanted = Array.from({ length: burst }, (_, index) => (first + index) % 512);
        bench.expect.equal(`groups from ${first} on`, groups, wanted);
      }
      const tail = (sent % (capacity + 1)) * 32;
      await bench.expect.register("PQT", BigInt(tail));
      await bench.expect.register("PRS", { PRO: 0 });
    },
  })),
]);

/** Cases of the events of faults and page requests. */
export const eventRegisters: readonly ConformanceCase[] = [...faultEvents, ...pageEvents];
