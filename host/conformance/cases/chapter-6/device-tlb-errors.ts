/** Errors of device-TLB invalidations (§6.5.2.11): unexpected completions, and time-outs. */
import type { Bench } from "../../bench/bench.js";
import { descriptor, statusWait } from "../../bench/invalidation.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { complete, enable, HELD, NOTHING, statusWord, taken, word } from "./device-tlb-pending.js";

const TIMED = joined(HELD, { abilities: ["clock"] });
const TIMEOUT = { invalidationTimeout: 1000 };

const unexpected = casesOf("6.5.2.11", [
  {
    id: "unexpected-completion",
    title: "A completion that nothing waits for sets ICE with its source-id, and the queue goes on",
    needs: HELD,
    async steps(bench) {
      const status = statusWord(bench);
      await enable(bench);
      await complete(bench, { sourceId: bench.endpoint(1), itag: 3 });
      await bench.registers.waitFor("FSTS", { ICE: 1 });
      await expectErrorSource(bench, "ICESID", bench.endpoint(1));
      await bench.queue.run(statusWait(status, 0x88));
      await bench.expect.memory("status", status, word(0x88));
      await bench.expect.register("FSTS", { ICE: 1, IQE: 0, ITE: 0 });
    },
  },
  {
    id: "completion-with-another-itag",
    title: "A completion with an ITag that is not pending sets ICE, and ends no invalidation",
    needs: HELD,
    async steps(bench) {
      const status = statusWord(bench);
      await enable(bench);
      const invalidation = descriptor("DEV_TLB_INV", { SID: bench.endpoint() });
      await bench.queue.submit(invalidation, statusWait(status, 0x99));
      const sent = await taken(bench);
      const itag = ((sent[0]?.itag ?? 0) + 1) % 32;
      await complete(bench, { sourceId: bench.endpoint(), itag });
      await bench.registers.waitFor("FSTS", { ICE: 1 });
      await bench.expect.memory("status", status, NOTHING);
      await complete(bench, ...sent);
      await bench.queue.run();
      await bench.expect.memory("status afterwards", status, word(0x99));
    },
  },
  {
    id: "completion-of-another-device",
    title:
      "A completion with the right ITag from another device sets ICE, and ends no invalidation",
    needs: HELD,
    async steps(bench) {
      const status = statusWord(bench);
      await enable(bench);
      const invalidation = descriptor("DEV_TLB_INV", { SID: bench.endpoint(0) });
      await bench.queue.submit(invalidation, statusWait(status, 0x99));
      const sent = await taken(bench);
      await complete(bench, { sourceId: bench.endpoint(1), itag: sent[0]?.itag ?? 0 });
      await bench.registers.waitFor("FSTS", { ICE: 1 });
      await expectErrorSource(bench, "ICESID", bench.endpoint(1));
      await bench.expect.memory("status", status, NOTHING);
      await complete(bench, ...sent);
      await bench.queue.run();
      await bench.expect.memory("status afterwards", status, word(0x99));
    },
  },
  {
    id: "second-completion",
    title: "A second completion of one invalidation sets ICE",
    needs: HELD,
    async steps(bench) {
      await enable(bench);
      await bench.queue.submit(descriptor("DEV_TLB_INV", { SID: bench.endpoint() }));
      const sent = await taken(bench);
      await complete(bench, ...sent);
      await bench.expect.register("FSTS", { ICE: 0 }, "after the first");
      await complete(bench, ...sent);
      await bench.registers.waitFor("FSTS", { ICE: 1 });
    },
  },
  {
    id: "first-ice-is-kept",
    title: "While ICE is set ICESID keeps the source-id of the first error",
    needs: HELD,
    async steps(bench) {
      await enable(bench);
      await complete(bench, { sourceId: bench.endpoint(0), itag: 1 });
      await complete(bench, { sourceId: bench.endpoint(1), itag: 2 });
      await bench.registers.waitFor("FSTS", { ICE: 1 });
      await expectErrorSource(bench, "ICESID", bench.endpoint(0));
      await bench.registers.write("FSTS", { ICE: 1 });
      await bench.expect.register("FSTS", { ICE: 0 }, "cleared");
      await complete(bench, { sourceId: bench.endpoint(1), itag: 2 });
      await bench.registers.waitFor("FSTS", { ICE: 1 });
      await expectErrorSource(bench, "ICESID", bench.endpoint(1));
    },
  },
  {
    id: "ice-raises-fault-event",
    title: "ICE raises a fault event, and not another one while it is set",
    needs: joined(HELD, { abilities: ["interrupts"] }),
    async steps(bench) {
      await bench.events.unmask("fault");
      await enable(bench);
      await complete(bench, { sourceId: bench.endpoint(), itag: 1 });
      bench.expect.equal("interrupts", (await bench.events.interrupts()).length, 1);
      await complete(bench, { sourceId: bench.endpoint(), itag: 1 });
      bench.expect.equal("interrupts, again", (await bench.events.interrupts()).length, 0);
      await bench.registers.write("FSTS", { ICE: 1 });
      await complete(bench, { sourceId: bench.endpoint(), itag: 1 });
      bench.expect.equal("interrupts, cleared", (await bench.events.interrupts()).length, 1);
    },
  },
]);

const timeout = casesOf("6.5.2.11", [
  {
    id: "time-out-names-its-device",
    title: "A time-out sets ITE with the source-id of the device, and raises a fault event",
    needs: joined(TIMED, { abilities: ["interrupts"] }),
    with: TIMEOUT,
    async steps(bench) {
      await bench.events.unmask("fault");
      await enable(bench);
      await bench.queue.submit(descriptor("DEV_TLB_INV", { SID: bench.endpoint(1) }));
      await bench.advance(2000);
      await bench.expect.register("FSTS", { ITE: 1, IQE: 0, ICE: 0 });
      await expectErrorSource(bench, "ITESID", bench.endpoint(1));
      bench.expect.equal("interrupts", (await bench.events.interrupts()).length, 1);
    },
  },
  {
    id: "time-out-aborts-waits",
    title:
      "A time-out aborts pending waits: those ahead of IQH never complete, also when ITE is cleared",
    needs: TIMED,
    with: TIMEOUT,
    async steps(bench) {
      const waits = [0x77, 0x88].map((data) => ({ data, status: statusWord(bench) }));
      await enable(bench);
      const first = bench.queue.tail + bench.queue.stride;
      await bench.queue.submit(
        descriptor("DEV_TLB_INV", { SID: bench.endpoint() }),
        ...waits.map(({ data, status }) => statusWait(status, data, { IF: 1 })),
      );
      await bench.advance(2000);
      await bench.expect.register("FSTS", { ITE: 1 });
      for (const { status } of waits) await bench.expect.memory("status", status, NOTHING);
      await bench.expect.register("ICS", { IWC: 0 });
      // What the unit has fetched is its own choice: it may not have come to the waits yet.
      const head = await bench.queue.head();
      const isAborted = (place: number) => first + place * bench.queue.stride < head;
      await bench.registers.write("FSTS", { ITE: 1 });
      await complete(bench, ...(await taken(bench)).slice(1));
      await bench.queue.run();
      for (const [place, { data, status }] of waits.entries()) {
        const expected = isAborted(place) ? NOTHING : word(data);
        await bench.expect.memory(`wait ${place}, with IQH ${head}`, status, expected);
      }
      await bench.expect.register("ICS", { IWC: isAborted(1) ? 0 : 1 });
    },
  },
  {
    id: "invalidation-is-tried-again",
    title: "After a time-out an invalidation that is queued again is waited for like the first",
    needs: TIMED,
    with: TIMEOUT,
    async steps(bench) {
      const status = statusWord(bench);
      await enable(bench);
      const invalidation = descriptor("DEV_TLB_INV", { SID: bench.endpoint() });
      await bench.queue.submit(invalidation);
      await bench.advance(2000);
      await bench.expect.register("FSTS", { ITE: 1 });
      await bench.registers.write("FSTS", { ITE: 1 });
      await bench.queue.submit(invalidation, statusWait(status, 0x66));
      await bench.expect.memory("status before the answer", status, NOTHING);
      await complete(bench, ...(await taken(bench)).slice(1));
      await bench.queue.run();
      await bench.expect.memory("status afterwards", status, word(0x66));
      await bench.expect.register("FSTS", { ITE: 0, ICE: 0 });
    },
  },
  {
    id: "nothing-is-fetched-while-ite",
    title: "While ITE is set a write of IQT fetches nothing; once it is cleared the queue goes on",
    needs: TIMED,
    with: TIMEOUT,
    async steps(bench) {
      const status = statusWord(bench);
      await enable(bench);
      await bench.queue.submit(descriptor("DEV_TLB_INV", { SID: bench.endpoint() }));
      await bench.advance(2000);
      await bench.expect.register("FSTS", { ITE: 1 });
      const head = await bench.queue.head();
      await bench.queue.submit(statusWait(status, 0x55));
      await bench.expect.memory("status while ITE is set", status, NOTHING);
      bench.expect.equal("IQH while ITE is set", await bench.queue.head(), head);
      await bench.registers.write("FSTS", { ITE: 1 });
      // If the unit goes back to the invalidation, the device answers this time.
      await complete(bench, ...(await taken(bench)).slice(1));
      await bench.queue.run();
      await bench.expect.memory("status afterwards", status, word(0x55));
    },
  },
  {
    id: "answer-in-time",
    title: "An invalidation that is answered in time never times out",
    needs: TIMED,
    with: TIMEOUT,
    async steps(bench) {
      await enable(bench);
      for (let round = 0; round < 3; round++) {
        await bench.queue.submit(descriptor("DEV_TLB_INV", { SID: bench.endpoint() }));
        await bench.advance(600);
        await complete(bench, ...(await taken(bench)));
      }
      await bench.advance(5000);
      await bench.expect.register("FSTS", { ITE: 0, ICE: 0 });
    },
  },
  {
    id: "answer-after-time-out",
    title: "A completion after its time-out is unexpected: its ITag is free (ICE)",
    needs: TIMED,
    with: TIMEOUT,
    async steps(bench) {
      await enable(bench);
      await bench.queue.submit(descriptor("DEV_TLB_INV", { SID: bench.endpoint() }));
      const sent = await taken(bench);
      await bench.advance(2000);
      await bench.expect.register("FSTS", { ITE: 1, ICE: 0 });
      await complete(bench, ...sent);
      await bench.expect.register("FSTS", { ITE: 1, ICE: 1 });
    },
  },
]);

/** ICESID or ITESID; older versions report 0 (§11.4.9.9). */
async function expectErrorSource(bench: Bench, field: string, sourceId: number): Promise<void> {
  const found = Number(await bench.registers.field("IQERCD", field));
  const unknown = bench.value("MAJOR") < 2 && found === 0;
  const words = `IQERCD.${field} is 0x${sourceId.toString(16)}`;
  bench.expect.that(words, found === sourceId || unknown, found);
}

/** Cases of what goes wrong with device-TLB invalidations. */
export const deviceTlbErrors: readonly ConformanceCase[] = [...unexpected, ...timeout];
