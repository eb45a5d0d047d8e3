import type { Bench } from "../../bench/bench.js";
import { EVENT_MESSAGES } from "../../bench/events.js";
import { descriptor, statusWait } from "../../bench/invalidation.js";
import { needsOfWorld } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import { needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x6_789a_b000n;
const NEEDS = joined(needsOfWorld["pass-through"], needsOfRequest["page-request"]);
const EVENTS = joined(NEEDS, { abilities: ["interrupts"] });
const PASIDS = joined(NEEDS, needsOfRequest["page-request-with-pasid"]);

async function start(bench: Bench): Promise<void> {
  await bench.pageRequests.start();
  await bench.start(bench.world("pass-through"));
  await bench.events.unmask("page-request");
  await bench.events.all();
}

async function requestPages(bench: Bench, count = 1): Promise<void> {
  for (let page = 0; page < count; page++) {
    await bench.endpoints.requestPage({ address: IOVA, last: false });
  }
}

async function expectInterrupts(bench: Bench, when: string, count: number): Promise<void> {
  const sent = (await bench.events.interrupts()).map(({ address, data }) => ({ address, data }));
  const expected = new Array<object>(count).fill(EVENT_MESSAGES["page-request"]);
  bench.expect.equal(`interrupts ${when}`, sent, expected);
}

const events = casesOf("7.5", [
  {
    id: "request-raises-event",
    title: "A page request in the queue sets PPR and sends the message of PEADDR and PEDATA",
    needs: EVENTS,
    async steps(bench) {
      await start(bench);
      await requestPages(bench);
      await expectInterrupts(bench, "of the request", 1);
      await bench.expect.register("PRS", { PPR: 1, PRO: 0 });
      await bench.expect.register("PECTL", { IM: 0, IP: 0 });
    },
  },
  {
    id: "one-event-until-serviced",
    title: "While PPR is set further requests send nothing; once it is cleared they do",
    needs: EVENTS,
    async steps(bench) {
      await start(bench);
      await requestPages(bench, 3);
      await expectInterrupts(bench, "of three requests", 1);
      await bench.registers.write("PRS", { PPR: 1 });
      await bench.expect.register("PRS", { PPR: 0 });
      await requestPages(bench);
      await expectInterrupts(bench, "of the next", 1);
    },
  },
  {
    id: "overflow-raises-event",
    title: "An overflow that finds PPR clear sends the message",
    needs: EVENTS,
    async steps(bench) {
      await start(bench);
      await requestPages(bench, bench.pageRequests.capacity);
      await bench.registers.write("PRS", { PPR: 1 });
      await bench.events.interrupts();
      await requestPages(bench);
      await bench.expect.register("PRS", { PPR: 0, PRO: 1 });
      await expectInterrupts(bench, "of the overflow", 1);
    },
  },
  {
    id: "overflow-behind-request",
    title: "An overflow that finds PPR set sends nothing",
    needs: EVENTS,
    async steps(bench) {
      await start(bench);
      await requestPages(bench, bench.pageRequests.capacity + 2);
      await bench.expect.register("PRS", { PPR: 1, PRO: 1 });
      await expectInterrupts(bench, "of all", 1);
    },
  },
  {
    id: "mask-keeps-event-pending",
    title: "Under the mask the event waits in IP, and is sent when the mask is taken away",
    needs: EVENTS,
    async steps(bench) {
      await start(bench);
      await bench.events.mask("page-request");
      await requestPages(bench);
      await bench.expect.register("PECTL", { IM: 1, IP: 1 }, "under the mask");
      await expectInterrupts(bench, "under the mask", 0);
      await bench.registers.write("PECTL", { IM: 0 });
      await bench.expect.register("PECTL", { IM: 0, IP: 0 }, "without the mask");
      await expectInterrupts(bench, "without the mask", 1);
    },
  },
  {
    id: "service-under-mask-clears-ip",
    title: "IP is cleared when PPR and PRO are, and nothing is sent without the mask",
    needs: EVENTS,
    async steps(bench) {
      await start(bench);
      await bench.events.mask("page-request");
      await requestPages(bench);
      await bench.registers.write("PRS", { PPR: 1 });
      await bench.expect.register("PECTL", { IM: 1, IP: 0 });
      await bench.registers.write("PECTL", { IM: 0 });
      await expectInterrupts(bench, "without the mask", 0);
    },
  },
  {
    id: "masked-after-reset",
    title: "After reset the page request event is masked",
    needs: EVENTS,
    async steps(bench) {
      await bench.pageRequests.start();
      await bench.start(bench.world("pass-through"));
      await bench.events.all();
      await requestPages(bench);
      await bench.expect.register("PECTL", { IM: 1, IP: 1 });
      await expectInterrupts(bench, "under the mask", 0);
    },
  },
  {
    id: "refused-request-raises-no-event",
    title: "A page request that is refused sets neither PPR nor PRO",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("pass-through");
      world.contextEntry.set({ PRE: 0 });
      await bench.pageRequests.start();
      await bench.start(world);
      await bench.expectFault.pageRequest("SCT.8", { address: IOVA });
      await bench.expect.register("PRS", { PPR: 0, PRO: 0 });
      await bench.expect.register("PQT", 0n);
    },
  },
]);

const responses = casesOf("7.6.1", [
  ...caseForEach([0, 1, 15], (code) => ({
    id: `response-code-${code}`,
    title: `A page group response descriptor sends the response code ${code}`,
    needs: PASIDS,
    async steps(bench) {
      await start(bench);
      const fields = { RID: bench.endpoint(), PP: 1, PASID: 0xa_bcde, PRGI: 0x123, RC: code };
      await bench.queue.run(descriptor("PAGE_GROUP_RESPONSE", fields));
      const [response, ...others] = await bench.events.responses();
      const expected = { sourceId: bench.endpoint(), pasid: 0xa_bcde, group: 0x123, code };
      bench.expect.fields("the response", { ...response }, expected);
      bench.expect.equal("more responses", others, []);
    },
  })),
  {
    id: "response-without-pasid",
    title: "With PP clear the response has no PASID, whatever PASID says",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      const fields = { RID: bench.endpoint(), PP: 0, PASID: 0x77, PRGI: 9 };
      await bench.queue.run(descriptor("PAGE_GROUP_RESPONSE", fields));
      const [response] = await bench.events.responses();
      bench.expect.fields("the response", { ...response }, { pasid: undefined, group: 9, code: 0 });
    },
  },
  {
    id: "response-ignored-bits",
    title: "The ignored bits of a page group response descriptor change nothing",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      const [low = 0n, high = 0n] = descriptor("PAGE_GROUP_RESPONSE", {
        ...{ RID: bench.endpoint(), PRGI: 5, RC: 1 },
      });
      await bench.queue.run([low, high | 4n, 0n, 0n]);
      const [response] = await bench.events.responses();
      bench.expect.fields("the response", { ...response }, { group: 5, code: 1 });
      await bench.expect.register("FSTS", { IQE: 0 });
    },
  },
  {
    id: "responses-in-order",
    title: "Responses are sent in the order of the descriptors, to the requester that each names",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      const sent = [0, 1, 2, 3].map((group) => ({ sourceId: bench.endpoint(group % 2), group }));
      await bench.queue.run(
        ...sent.map(({ sourceId, group }) =>
          descriptor("PAGE_GROUP_RESPONSE", { RID: sourceId, PRGI: group }),
        ),
      );
      const seen = (await bench.events.responses()).map(({ sourceId, group }) => ({
        ...{ sourceId, group },
      }));
      bench.expect.equal("responses", seen, sent);
    },
  },
  {
    id: "response-in-narrow-queue",
    title: "A page group response is an invalid descriptor in a queue of 128-bit descriptors",
    needs: { capabilities: ["PRS"] },
    async steps(bench) {
      await bench.queue.start({ wide: false });
      await bench.queue.submit(descriptor("PAGE_GROUP_RESPONSE", { RID: bench.endpoint() }));
      await bench.registers.waitFor("FSTS", { IQE: 1 });
      bench.expect.equal("IQH", await bench.queue.head(), 0);
    },
  },
  {
    id: "response-without-page-requests",
    title: "A unit without PRS takes a page group response for an invalid descriptor",
    needs: { capabilities: ["SMTS", "!PRS"] },
    with: { capabilities: { PRS: 0, SMS: 0 } },
    async steps(bench) {
      const world = bench.world("pass-through");
      await bench.start(world);
      await bench.queue.submit(descriptor("PAGE_GROUP_RESPONSE", { RID: bench.endpoint() }));
      await bench.registers.waitFor("FSTS", { IQE: 1 });
    },
  },
]);

const ordering = [
  ...casesOf("7.7", [
    {
      id: "drain-behind-received-requests",
      title: "A wait with PD completes when the requests received before it are in the queue",
      needs: joined(PASIDS, { capabilities: ["PDS"] }),
      async steps(bench) {
        await start(bench);
        const status = bench.page();
        for (const group of [1, 2, 3]) {
          await bench.endpoints.requestPage({ ...WITH_PASID, address: IOVA, group });
        }
        await bench.queue.run(statusWait(status, 0x5a, { PD: 1 }));
        await bench.expect.memory("status", status, Uint8Array.of(0x5a, 0, 0, 0));
        bench.expect.equal("requests", (await bench.pageRequests.take()).length, 3);
      },
    },
    {
      id: "drain-behind-device-tlb-invalidation",
      title:
        "A wait with PD behind a device-TLB invalidation has the requests ahead of its completion",
      needs: joined(NEEDS, {
        capabilities: ["PDS"],
        abilities: ["device-tlb", "invalidation-completions"],
      }),
      async steps(bench) {
        await start(bench);
        const status = bench.page();
        const before = bench.memory.readBytes(status, 4);
        const SID = bench.endpoint();
        await bench.queue.submit(
          descriptor("DEV_TLB_INV", { SID, ADDR: IOVA }),
          statusWait(status, 0x6b, { PD: 1 }),
        );
        await requestPages(bench, 2);
        await bench.expect.memory("status before the completion", status, before);
        const [request] = await bench.events.invalidations();
        await bench.endpoints.completeInvalidation({ sourceId: SID, itag: request?.itag ?? 0 });
        await bench.queue.run();
        await bench.expect.memory("status", status, Uint8Array.of(0x6b, 0, 0, 0));
        bench.expect.equal("requests", (await bench.pageRequests.take()).length, 2);
      },
    },
  ]),
  ...casesOf("7.8", [
    {
      id: "response-ahead-of-invalidation",
      title: "Page group responses and device-TLB invalidations leave in the order of the queue",
      needs: joined(NEEDS, { abilities: ["device-tlb", "invalidation-completions"] }),
      async steps(bench) {
        await start(bench);
        const SID = bench.endpoint();
        const respond = (PRGI: number) => descriptor("PAGE_GROUP_RESPONSE", { RID: SID, PRGI });
        const invalidate = descriptor("DEV_TLB_INV", { SID, ADDR: IOVA });
        await bench.queue.submit(respond(1), invalidate, respond(2), invalidate);
        const kinds = (await bench.events.all()).map(({ kind }) => kind);
        const [response, request] = ["page-group-response", "device-tlb-invalidate"];
        bench.expect.equal("messages", kinds, [response, request, response, request]);
      },
    },
  ]),
  ...casesOf("7.10", [
    {
      id: "drain-sequence",
      title: "The steps of a drain bring every request into the queue and every response out",
      needs: joined(PASIDS, {
        capabilities: ["PDS"],
        abilities: ["device-tlb", "invalidation-completions"],
      }),
      async steps(bench) {
        await start(bench);
        const SID = bench.endpoint();
        await bench.endpoints.requestPage({ ...WITH_PASID, address: IOVA, group: 1 });
        const status = bench.page();
        await bench.queue.submit(
          descriptor("PAGE_GROUP_RESPONSE", { RID: SID, PP: 1, PASID: 5, PRGI: 1 }),
          descriptor("WAIT", { FN: 1 }),
          descriptor("PASID_IOTLB_INV", { G: 2, DID: 1, PASID: 5 }),
          descriptor("PASID_DEV_TLB_INV", { SID, PASID: 5, S: 1, ADDR: 0x7fff_ffff_ffff_f000n }),
          statusWait(status, 0x7c, { PD: 1 }),
        );
        const messages = (await bench.events.all()).filter(({ kind }) => kind !== "interrupt");
        const order = messages.map((event) => event.kind);
        bench.expect.equal("messages", order, ["page-group-response", "device-tlb-invalidate"]);
        const invalidate = messages.find((event) => event.kind === "device-tlb-invalidate");
        const itag = invalidate?.kind === "device-tlb-invalidate" ? invalidate.itag : 0;
        await bench.endpoints.completeInvalidation({ sourceId: SID, itag });
        await bench.queue.run();
        await bench.expect.memory("status", status, Uint8Array.of(0x7c, 0, 0, 0));
        bench.expect.equal("requests", (await bench.pageRequests.take()).length, 1);
        await bench.expect.register("PRS", { PRO: 0 });
      },
    },
  ]),
];

export const pageRequestEvents = [...events, ...responses, ...ordering];
