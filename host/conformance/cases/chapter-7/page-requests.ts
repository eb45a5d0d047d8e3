import type { Bench } from "../../bench/bench.js";
import type { PriRequest } from "../../bench/endpoints.js";
import { needsOfWorld, type World, type WorldKind } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import { needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x5_6789_a000n;
const needsOf = (kind: WorldKind) => joined(needsOfWorld[kind], needsOfRequest["page-request"]);
const NEEDS = needsOf("first-stage");
const PASIDS = joined(needsOfWorld["first-stage"], needsOfRequest["page-request-with-pasid"]);
const kinds = ["first-stage", "second-stage", "nested", "pass-through"] as const;

async function start(bench: Bench, kind: WorldKind = "first-stage"): Promise<World> {
  const world = bench.world(kind);
  await bench.pageRequests.start();
  await bench.start(world);
  return world;
}

/** Sends requests of one page each, none the last of its group. */
async function sendMany(bench: Bench, count: number, first = 0): Promise<void> {
  for (let page = first; page < first + count; page++) {
    const address = IOVA + BigInt(0x1000 * page);
    await bench.endpoints.requestPage({ address, last: false });
  }
}

const pageOf = (words: readonly bigint[]) => words[1]! & ~0xfffn;

const queue = casesOf("7.4.1", [
  {
    id: "without-page-requests",
    title: "A unit without PRS answers no page request, and records none",
    needs: { capabilities: ["!PRS"], abilities: ["pri"] },
    with: { capabilities: { PRS: 0 } },
    async steps(bench) {
      await bench.endpoints.requestPage({ address: IOVA });
      bench.expect.equal("responses", await bench.events.responses(), []);
      await bench.expectFault.none();
    },
  },
  ...caseForEach(kinds, (kind) => ({
    id: `accepted-${kind}`,
    title: `A page request is written to the queue whatever PGTT says: ${kind}`,
    needs: needsOf(kind),
    async steps(bench) {
      await start(bench, kind);
      await bench.endpoints.requestPage({ address: IOVA, write: true });
      const requests = await bench.pageRequests.take();
      bench.expect.equal("pages", requests.map(pageOf), [IOVA]);
      bench.expect.equal("responses", await bench.events.responses(), []);
      await bench.expectFault.none();
    },
  })),
  {
    id: "in-order",
    title: "Page requests stand in the queue in the order of their arrival",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      await sendMany(bench, 5);
      await bench.expect.register("PQT", 5n * 32n);
      const pages = (await bench.pageRequests.take()).map(pageOf);
      bench.expect.equal(
        "pages",
        pages,
        [0, 1, 2, 3, 4].map((n) => IOVA + BigInt(0x1000 * n)),
      );
    },
  },
  {
    id: "wraps-around",
    title: "The tail goes on at 0 behind the last entry of the queue",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      const all: bigint[] = [];
      for (const first of [0, 60, 120]) {
        await sendMany(bench, 60, first);
        all.push(...(await bench.pageRequests.take()).map(pageOf));
      }
      const expected = Array.from({ length: 180 }, (_, page) => IOVA + BigInt(0x1000 * page));
      bench.expect.equal("pages", all, expected);
      await bench.expect.register("PQT", BigInt((180 * 32) % 4096));
      await bench.expect.register("PRS", { PPR: 1, PRO: 0 });
    },
  },
  {
    id: "larger-queue",
    title: "A queue of 2 pages has room for 255 requests",
    needs: NEEDS,
    async steps(bench) {
      await bench.pageRequests.start(1);
      await bench.start(bench.world("first-stage"));
      await sendMany(bench, 255);
      await bench.expect.register("PRS", { PRO: 0 }, "with 255");
      await sendMany(bench, 1, 255);
      await bench.expect.register("PRS", { PRO: 1 }, "with one more");
      bench.expect.equal("requests", (await bench.pageRequests.take()).length, 255);
    },
  },
  {
    id: "full-queue-overflows",
    title:
      "A queue of N entries takes N-1 requests; the next one sets PRO, and is answered Success",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      await sendMany(bench, bench.pageRequests.capacity);
      await bench.expect.register("PRS", { PPR: 1, PRO: 0 }, "with the queue full");
      await bench.endpoints.requestPage({ address: 0x9_9999_9000n, group: 6 });
      await bench.expect.register("PRS", { PPR: 1, PRO: 1 }, "after one more");
      const [response, ...others] = await bench.events.responses();
      const success = { sourceId: bench.endpoint(), group: 6, code: 0 };
      bench.expect.fields("the response", { ...response }, success);
      bench.expect.equal("more responses", others, []);
      const taken = await bench.pageRequests.take();
      bench.expect.equal("requests in the queue", taken.length, bench.pageRequests.capacity);
      bench.expect.that(
        "the one is lost",
        !taken.map(pageOf).includes(0x9_9999_9000n),
        taken.length,
      );
      await bench.expectFault.none();
    },
  },
  {
    id: "full-queue-drops",
    title: "A request that finds the queue full and is not the last of its group is not answered",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      await sendMany(bench, bench.pageRequests.capacity + 1);
      await bench.expect.register("PRS", { PRO: 1 });
      bench.expect.equal("responses", await bench.events.responses(), []);
    },
  },
  {
    id: "overflow-until-cleared",
    title: "While PRO is set requests are dropped or answered Success, although there is room",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      await sendMany(bench, bench.pageRequests.capacity + 1);
      await bench.pageRequests.take();
      await bench.endpoints.requestPage({ address: IOVA, group: 1, last: false });
      await bench.endpoints.requestPage({ address: IOVA, group: 2 });
      bench.expect.equal("the queue", await bench.pageRequests.take(), []);
      const responses = (await bench.events.responses()).map(({ group, code }) => ({
        group,
        code,
      }));
      bench.expect.equal("responses", responses, [{ group: 2, code: 0 }]);
      await bench.registers.write("PRS", { PRO: 1 });
      await bench.endpoints.requestPage({ address: IOVA, group: 3 });
      bench.expect.equal("with PRO cleared", (await bench.pageRequests.take()).length, 1);
      await bench.expectFault.none();
    },
  },
  {
    id: "overflow-drops-stop-marker",
    title: "A stop marker that finds no room is not answered, for it asks for no page",
    needs: PASIDS,
    async steps(bench) {
      await start(bench);
      await sendMany(bench, bench.pageRequests.capacity + 1);
      const marker = { ...WITH_PASID, address: 0n, read: false, write: false, last: true };
      await bench.endpoints.requestPage(marker);
      bench.expect.equal("responses", await bench.events.responses(), []);
      const taken = await bench.pageRequests.take();
      bench.expect.equal("requests in the queue", taken.length, bench.pageRequests.capacity);
    },
  },
  {
    id: "overflow-response-has-pasid",
    title: "The automatic response to a request with PASID has its PASID",
    needs: PASIDS,
    async steps(bench) {
      await start(bench);
      await sendMany(bench, bench.pageRequests.capacity);
      await bench.endpoints.requestPage({ ...WITH_PASID, address: IOVA, group: 0x1ff });
      const [response] = await bench.events.responses();
      const expected = { ...WITH_PASID, group: 0x1ff, code: 0, sourceId: bench.endpoint() };
      bench.expect.fields("the response", { ...response }, expected);
    },
  },
  {
    id: "requests-of-two-devices",
    title: "Requests of two devices stand in one queue, each with its source-id",
    needs: NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      const sourceId = bench.endpoint(1);
      world.scalable.context(sourceId, { dte: true, pre: true });
      const stages = { kind: "first-stage", firstStage: world.first, domain: 1 } as const;
      world.scalable.pasid(sourceId, 0, { ...stages, pwsnp: bench.has("SMPWCS") });
      await bench.pageRequests.start();
      await bench.start(world);
      await bench.endpoints.requestPage({ address: IOVA });
      await bench.endpoints.requestPage({ address: IOVA, sourceId });
      const ids = (await bench.pageRequests.take()).map(([low = 0n]) => (low >> 16n) & 0xffffn);
      bench.expect.equal("source-ids", ids, [bench.endpoint(), sourceId].map(BigInt));
    },
  },
  ...caseForEach(["first-stage", "second-stage", "nested"] as const, (kind) => ({
    id: `implicit-invalidation-${kind}`,
    title: `A page request makes the unit forget what it has cached of the page (${kind})`,
    needs: joined(needsOf(kind), needsOfRequest.dma),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world(kind);
      const stage = kind === "second-stage" ? "second" : "first";
      world.map(IOVA, page, { [stage]: { write: false } });
      await bench.pageRequests.start();
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      const leaf = world.leaf(IOVA);
      const nested = kind === "nested";
      const place = nested ? world.second.lookup(leaf.address)!.physical : leaf.address;
      // With the flags that the unit has set there meanwhile.
      await bench.expect.fetch(place, 8);
      leaf.set(stage === "first" ? { RW: 1 } : { W: 1 });
      await bench.endpoints.requestPage({ address: IOVA, write: true });
      await bench.expectWrite(IOVA, page);
      await bench.expectFault.none();
    },
  })),
]);

/** One request, and the two words of its descriptor that say something. */
async function descriptorOf(bench: Bench, request: PriRequest): Promise<bigint[]> {
  await bench.endpoints.requestPage(request);
  const [words = [], ...others] = await bench.pageRequests.take();
  bench.expect.equal("more descriptors", others, []);
  return words;
}

const NO_PASID = ~(0xf_ffffn << 32n);

const descriptors = casesOf("7.4.1.1", [
  {
    id: "descriptor-without-pasid",
    title: "The descriptor of a request without PASID has PP clear, type 1 and the requester",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      const request = { address: IOVA, group: 0x155, last: true };
      const [low = 0n, high = 0n, ...rest] = await descriptorOf(bench, request);
      bench.expect.equal("bits 63:0", low & NO_PASID, 1n | (BigInt(bench.endpoint()) << 16n));
      bench.expect.equal("bits 127:64", high, IOVA | (0x155n << 3n) | 5n);
      bench.expect.equal("bits 255:128", rest, [0n, 0n]);
    },
  },
  {
    id: "descriptor-with-pasid",
    title: "The descriptor of a request with PASID has PP and the PASID",
    needs: joined(PASIDS, { capabilities: [{ PSS: 19 }] }),
    async steps(bench) {
      const context = { pdts: 7, dte: true, paside: true, pre: true };
      const world = bench.world("first-stage", { context });
      world.addPasid(0xf_ffff);
      await bench.pageRequests.start();
      await bench.start(world);
      const [low = 0n] = await descriptorOf(bench, { pasid: 0xf_ffff, address: IOVA });
      const requester = BigInt(bench.endpoint()) << 16n;
      bench.expect.equal("bits 63:0", low, 0x101n | requester | (0xf_ffffn << 32n));
    },
  },
  {
    id: "descriptor-permissions",
    title: "RDR and WRR of the descriptor are those of the request",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      for (const [read, write, bits] of [
        [true, false, 1n],
        [false, true, 2n],
        [true, true, 3n],
      ] as const) {
        const [, high = 0n] = await descriptorOf(bench, { address: IOVA, read, write });
        bench.expect.equal(`RDR and WRR, ${bits}`, high & 3n, bits);
      }
    },
  },
  {
    id: "descriptor-privilege",
    title: "PMR of the descriptor is the privilege that the request asks for",
    needs: joined(PASIDS, { abilities: ["privileged"] }),
    async steps(bench) {
      await start(bench);
      for (const privileged of [true, false]) {
        const [low = 0n] = await descriptorOf(bench, { ...WITH_PASID, address: IOVA, privileged });
        bench.expect.equal("PMR", (low >> 53n) & 1n, privileged ? 1n : 0n);
      }
      await bench.expectFault.none();
    },
  },
  {
    id: "descriptor-execute",
    title: "EXR of the descriptor is set for a request with PASID to read and execute",
    needs: joined(PASIDS, { abilities: ["execute"] }),
    async steps(bench) {
      await start(bench);
      const request = { ...WITH_PASID, address: IOVA, execute: true };
      const [low = 0n] = await descriptorOf(bench, request);
      bench.expect.equal("EXR", (low >> 52n) & 1n, 1n);
    },
  },
  {
    id: "descriptor-group",
    title: "LPIG and PRGI of the descriptor are those of the request",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      for (const [group, last] of [
        [0, false],
        [0x1ff, true],
        [0x100, false],
      ] as const) {
        const [, high = 0n] = await descriptorOf(bench, { address: IOVA, group, last });
        const expected = (BigInt(group) << 3n) | (last ? 4n : 0n);
        bench.expect.equal(`group ${group}`, high & 0xffcn, expected);
      }
    },
  },
  {
    id: "descriptor-address",
    title: "ADDR of the descriptor has all bits of the page, canonical or not",
    needs: NEEDS,
    async steps(bench) {
      await start(bench);
      for (const address of [0xffff_8765_4321_0000n, 0x0123_4567_89ab_c000n]) {
        const words = await descriptorOf(bench, { address });
        bench.expect.equal("ADDR", pageOf(words), address);
      }
      await bench.expectFault.none();
    },
  },
  {
    id: "stop-marker",
    title: "A stop marker is written to the queue with RDR and WRR clear and LPIG set",
    needs: PASIDS,
    async steps(bench) {
      await start(bench);
      const marker = { ...WITH_PASID, address: 0n, read: false, write: false, last: true };
      const [low = 0n, high = 0n] = await descriptorOf(bench, marker);
      bench.expect.equal(
        "type, PP and requester",
        low & 0xffff_01ffn,
        0x101n | (BigInt(bench.endpoint()) << 16n),
      );
      bench.expect.equal("LPIG, WRR, RDR", high & 7n, 4n);
    },
  },
]);

export const pageRequests = [...queue, ...descriptors];
