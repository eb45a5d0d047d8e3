/** Device-TLB invalidations through the queue: the message, and the wait behind it. */
import { descriptor, statusWait } from "../../bench/invalidation.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { complete, enable, HELD, NOTHING, statusWord, taken, word } from "./device-tlb-pending.js";

const IOVA = 0x1234_5000n;

const messages = [
  ...casesOf("6.5.2.5", [
    {
      id: "message-of-one-page",
      title: "A device-TLB invalidation reaches the device of its SID, with its address",
      needs: HELD,
      async steps(bench) {
        await enable(bench);
        for (const [index, ADDR] of [IOVA, 0n, 0xffff_ffff_ffff_f000n].entries()) {
          const SID = bench.endpoint(index % 2);
          await bench.queue.submit(descriptor("DEV_TLB_INV", { SID, ADDR }));
          const sent = await taken(bench);
          bench.expect.equal("invalidations", sent.length, 1);
          const expected = { sourceId: SID, pasid: undefined, address: ADDR, sizeBit: false };
          bench.expect.fields("the invalidation", { ...sent[0] }, { ...expected, global: false });
          await complete(bench, ...sent);
        }
      },
    },
    {
      id: "message-of-a-range",
      title: "With S the address goes to the device as it is, with the size in its low bits",
      needs: HELD,
      async steps(bench) {
        await enable(bench);
        for (const ADDR of [0x1234_7000n, 0x1230_7000n, 0x7fff_ffff_ffff_f000n]) {
          const fields = { SID: bench.endpoint(), S: 1, ADDR };
          await bench.queue.submit(descriptor("DEV_TLB_INV", fields));
          const sent = await taken(bench);
          const expected = { address: ADDR, sizeBit: true, pasid: undefined };
          bench.expect.fields("the invalidation", { ...sent[0] }, expected);
          await complete(bench, ...sent);
        }
      },
    },
    {
      id: "throttling-fields-are-accepted",
      title: "With ECAP.DIT the fields MIP and PFSID are taken, and change nothing of the message",
      needs: joined(HELD, { capabilities: ["DIT"] }),
      async steps(bench) {
        await enable(bench);
        const SID = bench.endpoint();
        const pf = { PFSID_LOW: SID & 0xf, PFSID_HIGH: SID >> 4 };
        for (const MIP of [0, 1, 31]) {
          await bench.queue.submit(descriptor("DEV_TLB_INV", { SID, ADDR: IOVA, MIP, ...pf }));
          const sent = await taken(bench);
          bench.expect.equal(`MIP ${MIP}: invalidations`, sent.length, 1);
          const expected = { sourceId: SID, address: IOVA, pasid: undefined };
          bench.expect.fields(`MIP ${MIP}`, { ...sent[0] }, expected);
          await complete(bench, ...sent);
        }
        await bench.expect.register("FSTS", { IQE: 0, ICE: 0 });
      },
    },
    {
      id: "mip-is-accepted",
      title: "MIP is a hint: every value of it is taken",
      needs: HELD,
      async steps(bench) {
        await enable(bench);
        for (let MIP = 0; MIP < 32; MIP++) {
          await bench.queue.submit(descriptor("DEV_TLB_INV", { SID: bench.endpoint(), MIP }));
          const sent = await taken(bench);
          bench.expect.equal(`MIP ${MIP}: invalidations`, sent.length, 1);
          await complete(bench, ...sent);
        }
        await bench.expect.register("FSTS", { IQE: 0 });
      },
    },
  ]),
  ...casesOf("6.5.2.6", [
    {
      id: "message-with-pasid",
      title: "A PASID-based device-TLB invalidation has its PASID, address and size",
      needs: joined(HELD, { capabilities: ["SMTS"] }),
      async steps(bench) {
        await enable(bench);
        for (const [PASID, S, ADDR] of [
          [0, 0, IOVA],
          [5, 0, IOVA],
          [0xf_ffff, 1, 0x7fff_ffff_ffff_f000n],
        ] as const) {
          const fields = { SID: bench.endpoint(), PASID, S, ADDR };
          await bench.queue.submit(descriptor("PASID_DEV_TLB_INV", fields));
          const sent = await taken(bench);
          bench.expect.equal("invalidations", sent.length, 1);
          const expected = { pasid: PASID, address: ADDR, sizeBit: S === 1, global: false };
          const message = { ...expected, sourceId: bench.endpoint() };
          bench.expect.fields("the invalidation", { ...sent[0] }, message);
          await complete(bench, ...sent);
        }
      },
    },
    {
      id: "global-invalidate-is-copied",
      title: "GI becomes the Global Invalidate bit of the message",
      needs: joined(HELD, { capabilities: ["SMTS"] }),
      async steps(bench) {
        await enable(bench);
        for (const GI of [1, 0]) {
          const fields = { SID: bench.endpoint(), PASID: 5, GI, ADDR: IOVA };
          await bench.queue.submit(descriptor("PASID_DEV_TLB_INV", fields));
          const sent = await taken(bench);
          const expected = { address: IOVA, global: GI === 1 };
          bench.expect.fields(`GI ${GI}`, { ...sent[0] }, expected);
          await complete(bench, ...sent);
        }
      },
    },
    {
      id: "pasid-throttling-fields-are-accepted",
      title: "With ECAP.DIT a PASID-based invalidation takes MIP and PFSID",
      needs: joined(HELD, { capabilities: ["SMTS", "DIT"] }),
      async steps(bench) {
        await enable(bench);
        const SID = bench.endpoint();
        const fields = { SID, PASID: 5, ADDR: IOVA, MIP: 31 };
        const pf = { PFSID_LOW: SID & 0xf, PFSID_HIGH: SID >> 4 };
        await bench.queue.submit(descriptor("PASID_DEV_TLB_INV", { ...fields, ...pf }));
        const sent = await taken(bench);
        bench.expect.fields("the invalidation", { ...sent[0] }, { sourceId: SID, pasid: 5 });
        await complete(bench, ...sent);
        await bench.expect.register("FSTS", { IQE: 0 });
      },
    },
  ]),
];

const order = casesOf("6.5.2.12", [
  {
    id: "wait-for-completion",
    title: "A wait behind a device-TLB invalidation is completed when the device has answered",
    needs: HELD,
    async steps(bench) {
      const status = statusWord(bench);
      await enable(bench);
      const invalidation = descriptor("DEV_TLB_INV", { SID: bench.endpoint(), ADDR: IOVA });
      await bench.queue.submit(invalidation, statusWait(status, 0x77));
      const sent = await taken(bench);
      await bench.expect.memory("status before the answer", status, NOTHING);
      await complete(bench, ...sent);
      await bench.queue.run();
      await bench.expect.memory("status afterwards", status, word(0x77));
    },
  },
  {
    id: "wait-for-all-of-several",
    title: "A wait behind several device-TLB invalidations is completed after the last answer",
    needs: HELD,
    async steps(bench) {
      const status = statusWord(bench);
      await enable(bench);
      const invalidations = [0, 1, 0].map((index, place) =>
        descriptor("DEV_TLB_INV", { SID: bench.endpoint(index), ADDR: IOVA * BigInt(place + 1) }),
      );
      await bench.queue.submit(...invalidations, statusWait(status, 0x77));
      const sent = await taken(bench);
      bench.expect.equal("invalidations", sent.length, 3);
      const own = sent.filter(({ sourceId }) => sourceId === bench.endpoint(0));
      bench.expect.that("ITags of their own", own[0]?.itag !== own[1]?.itag, own[0]?.itag);
      for (const [index, one] of [...sent].reverse().entries()) {
        await bench.expect.memory(`status after ${index} answers`, status, NOTHING);
        await complete(bench, one);
      }
      await bench.queue.run();
      await bench.expect.memory("status afterwards", status, word(0x77));
    },
  },
  {
    id: "interrupt-of-a-wait-waits",
    title: "A wait with IF behind a device-TLB invalidation sets IWC after the answer",
    needs: HELD,
    async steps(bench) {
      await enable(bench);
      const invalidation = descriptor("DEV_TLB_INV", { SID: bench.endpoint() });
      await bench.queue.submit(invalidation, descriptor("WAIT", { IF: 1 }));
      const sent = await taken(bench);
      await bench.expect.register("ICS", { IWC: 0 }, "before the answer");
      await complete(bench, ...sent);
      await bench.registers.waitFor("ICS", { IWC: 1 });
    },
  },
  {
    id: "fence-holds-what-follows",
    title: "With FN nothing behind a wait is done before the device has answered",
    needs: HELD,
    async steps(bench) {
      const [first, second] = [statusWord(bench), statusWord(bench)];
      await enable(bench);
      await bench.queue.submit(
        descriptor("DEV_TLB_INV", { SID: bench.endpoint() }),
        statusWait(first, 1, { FN: 1 }),
      );
      await bench.queue.submit(
        descriptor("DEV_TLB_INV", { SID: bench.endpoint(1) }),
        statusWait(second, 2),
      );
      const sent = await taken(bench);
      bench.expect.equal("invalidations ahead of the fence", sent.length, 1);
      await bench.expect.memory("the first status", first, NOTHING);
      await bench.expect.memory("the second status", second, NOTHING);
      await complete(bench, ...sent);
      const later = await taken(bench);
      bench.expect.equal("invalidations behind the fence", later.length, 1);
      await bench.expect.memory("the first status, afterwards", first, word(1));
      await bench.expect.memory("the second status, still", second, NOTHING);
      await complete(bench, ...later);
      await bench.queue.run();
      await bench.expect.memory("the second status, afterwards", second, word(2));
    },
  },
  {
    id: "many-pending",
    title: "Forty invalidations of one device are all sent, at most 32 of them at once",
    needs: HELD,
    async steps(bench) {
      const status = statusWord(bench);
      await enable(bench);
      const SID = bench.endpoint();
      const invalidations = Array.from({ length: 40 }, (_, index) =>
        descriptor("DEV_TLB_INV", { SID, ADDR: BigInt(index) << 12n }),
      );
      await bench.queue.submit(...invalidations, statusWait(status, 0x40));
      const addresses: bigint[] = [];
      const pending = new Map<number, number>();
      for (let round = 0; round < 64 && addresses.length < 40; round++) {
        for (const { itag, address } of await taken(bench)) {
          bench.expect.that("an ITag that is free", !pending.has(itag), itag);
          pending.set(itag, round);
          addresses.push(address);
        }
        bench.expect.that("at most 32 pending", pending.size <= 32, pending.size);
        await bench.expect.memory(`status in round ${round}`, status, NOTHING);
        const [oldest] = pending.keys();
        if (oldest === undefined) break;
        pending.delete(oldest);
        await complete(bench, { sourceId: SID, itag: oldest });
      }
      const wanted = Array.from({ length: 40 }, (_, index) => BigInt(index) << 12n);
      bench.expect.equal("addresses, in order", addresses, wanted);
      for (const itag of pending.keys()) await complete(bench, { sourceId: SID, itag });
      await bench.queue.run();
      await bench.expect.memory("status", status, word(0x40));
    },
  },
]);

/** Cases of device-TLB invalidations. */
export const deviceTlb: readonly ConformanceCase[] = [...messages, ...order];
