import type { Bench } from "../../bench/bench.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { joined } from "../../needs.js";

const IOVA = 0x4_5678_9000n;
const NEEDS = joined(needsOfWorld["pass-through"], {
  capabilities: ["DT"],
  abilities: ["device-tlb", "invalidation-completions"],
});

/** Submits an invalidation of the first endpoint and a wait behind it, which writes 1 to `status`. */
async function invalidation(bench: Bench, status = bench.page()): Promise<number> {
  const SID = bench.endpoint();
  const wait = descriptor("WAIT", { SW: 1, STATUS_ADDR: status, STATUS_DATA: 1 });
  await bench.queue.submit(descriptor("DEV_TLB_INV", { SID, ADDR: IOVA }), wait);
  const [request] = await bench.events.invalidations();
  bench.expect.fields("the message", { ...request }, { sourceId: SID, address: IOVA });
  return request?.itag ?? 0;
}

export const deviceTlbInvalidation = casesOf("4.3", [
  {
    id: "wait-until-completed",
    title: "A wait behind a device-TLB invalidation completes after the endpoint's completion",
    needs: NEEDS,
    async steps(bench) {
      await bench.start(bench.world("pass-through"));
      await bench.events.all();
      const status = bench.page();
      const SID = bench.endpoint();
      const wait = descriptor("WAIT", { SW: 1, STATUS_ADDR: status, STATUS_DATA: 0x77 });
      const before = bench.memory.readBytes(status, 4);
      await bench.queue.submit(descriptor("DEV_TLB_INV", { SID, ADDR: IOVA }), wait);
      const [request] = await bench.events.invalidations();
      await bench.expect.memory("status before", status, before);
      await bench.endpoints.completeInvalidation({ sourceId: SID, itag: request?.itag ?? 0 });
      await bench.queue.run();
      await bench.expect.memory("status after", status, Uint8Array.of(0x77, 0, 0, 0));
      await bench.expect.register("FSTS", { ICE: 0, ITE: 0, IQE: 0 });
    },
  },
  {
    id: "tags-of-outstanding-requests-differ",
    title: "Outstanding invalidation requests have ITags of their own",
    needs: NEEDS,
    async steps(bench) {
      await bench.start(bench.world("pass-through"));
      const SID = bench.endpoint();
      const four = [0n, 1n, 2n, 3n].map((page) =>
        descriptor("DEV_TLB_INV", { SID, ADDR: IOVA + 0x1000n * page }),
      );
      await bench.queue.submit(...four);
      const messages = await bench.events.invalidations();
      bench.expect.equal("messages", messages.length, 4);
      const tags = new Set(messages.map(({ itag }) => itag));
      bench.expect.equal("different ITags", tags.size, 4);
      // In another order than they were sent.
      for (const { itag } of [...messages].reverse()) {
        await bench.endpoints.completeInvalidation({ sourceId: SID, itag });
      }
      await bench.queue.run();
      await bench.expect.register("FSTS", { ICE: 0, ITE: 0 });
    },
  },
  {
    id: "unknown-tag-is-error",
    title: "A completion with an ITag that is not in use sets ICE, and its requester is kept",
    needs: NEEDS,
    async steps(bench) {
      await bench.start(bench.world("pass-through"));
      const sourceId = bench.endpoint();
      await bench.endpoints.completeInvalidation({ sourceId, itag: 9 });
      await bench.expect.register("FSTS", { ICE: 1, ITE: 0, IQE: 0 });
      await bench.expect.register("IQERCD", { ICESID: sourceId });
      // The queue goes on.
      await bench.queue.run();
    },
  },
  {
    id: "tag-of-another-device-is-error",
    title: "A completion of another device for an outstanding ITag sets ICE, and completes nothing",
    needs: NEEDS,
    async steps(bench) {
      await bench.start(bench.world("pass-through"));
      const status = bench.page();
      const before = bench.memory.readBytes(status, 4);
      const itag = await invalidation(bench, status);
      await bench.endpoints.completeInvalidation({ sourceId: bench.endpoint(1), itag });
      await bench.expect.register("FSTS", { ICE: 1 });
      await bench.expect.memory("status of the wait", status, before);
      await bench.endpoints.completeInvalidation({ sourceId: bench.endpoint(), itag });
      await bench.queue.run();
      await bench.expect.memory("status afterwards", status, Uint8Array.of(1, 0, 0, 0));
    },
  },
  {
    id: "second-completion-is-error",
    title: "A second completion for the same request sets ICE",
    needs: NEEDS,
    async steps(bench) {
      await bench.start(bench.world("pass-through"));
      const completion = { itag: await invalidation(bench), sourceId: bench.endpoint() };
      await bench.endpoints.completeInvalidation(completion);
      await bench.queue.run();
      await bench.expect.register("FSTS", { ICE: 0 }, "after the first");
      await bench.endpoints.completeInvalidation(completion);
      await bench.expect.register("FSTS", { ICE: 1 }, "after the second");
    },
  },
  {
    id: "completion-after-time-out-is-error",
    title: "A time-out frees the ITag: the completion that comes late sets ICE",
    needs: joined(NEEDS, { abilities: ["clock"] }),
    with: { invalidationTimeout: 1000 },
    async steps(bench) {
      await bench.start(bench.world("pass-through"));
      const itag = await invalidation(bench);
      await bench.advance(1_000_000);
      await bench.expect.register("FSTS", { ITE: 1, ICE: 0 }, "after the time-out");
      await bench.expect.register("IQERCD", { ITESID: bench.endpoint() });
      await bench.endpoints.completeInvalidation({ sourceId: bench.endpoint(), itag });
      await bench.expect.register("FSTS", { ITE: 1, ICE: 1 }, "after the late completion");
    },
  },
]);
