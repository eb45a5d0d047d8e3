/** Draining of requests in flight (§6.5.4), and the order of descriptors that it shows. */
import type { Bench } from "../../bench/bench.js";
import { descriptor, statusWait } from "../../bench/invalidation.js";
import { needsOfWorld, WORLD_PASID, worldKinds, type WorldKind } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { atLeast, atMost, joined } from "../../needs.js";

const IOVA = 0x1234_5000n;
const NOTHING = new Uint8Array(4);
const word = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
const IN_FLIGHT = { capabilities: ["QI"], abilities: ["in-flight"] } as const;

/** The wait behind an invalidation is completed once the request in flight has ended. */
async function expectDrained(
  bench: Bench,
  kind: WorldKind,
  access: "read" | "write",
  invalidation: readonly bigint[],
  request: { readonly pasid?: number } = {},
): Promise<void> {
  const page = bench.page();
  const iova = kind.endsWith("pass-through") ? page : IOVA;
  await bench.start(bench.world(kind).map(iova, page));
  const status = bench.frames.allocate(1);
  bench.memory.writeBytes(status, NOTHING);
  const { outcome, token } = await bench.endpoints.begin({ ...request, address: iova, access });
  bench.expect.equal("the request in flight", outcome, "done");
  await bench.queue.submit(invalidation, statusWait(status, 0xd7));
  await bench.expect.memory("status with the request in flight", status, NOTHING);
  await bench.endpoints.end(token);
  await bench.queue.run();
  await bench.expect.memory("status afterwards", status, word(0xd7));
}

const always = casesOf("6.5.4", [
  ...(worldKinds.flatMap((kind) =>
    (["read", "write"] as const).map((access) => ({
      id: `iotlb-drains-${access}s-${kind}`,
      title: `From version 2 on an IOTLB invalidation drains ${access}s of a ${kind} domain, without flags`,
      needs: joined(needsOfWorld[kind], IN_FLIGHT, { capabilities: [{ MAJOR: atLeast(2) }] }),
      steps: (bench) =>
        expectDrained(bench, kind, access, descriptor("IOTLB_INV", { G: 2, DID: 1 })),
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
  ...((["read", "write"] as const).flatMap((access) =>
    (["first-stage", "nested"] as const).map((kind) => ({
      id: `pasid-iotlb-drains-${access}s-${kind}`,
      title: `A PASID-based IOTLB invalidation drains ${access}s of its ${kind} PASID`,
      needs: joined(needsOfWorld[kind], IN_FLIGHT, {
        capabilities: ["PASID"],
        abilities: ["pasid"],
      }),
      steps: (bench) => {
        const fields = { G: 2, DID: 1, PASID: WORLD_PASID };
        const invalidation = descriptor("PASID_IOTLB_INV", fields);
        return expectDrained(bench, kind, access, invalidation, { pasid: WORLD_PASID });
      },
    })),
  ) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "drains-all-in-any-order",
    title:
      "A wait is completed when the last of three requests in flight has ended, in whatever order they do",
    needs: joined(needsOfWorld["second-stage"], IN_FLIGHT, {
      capabilities: [{ MAJOR: atLeast(2) }],
    }),
    async steps(bench) {
      await bench.start(bench.world("second-stage").map(IOVA, bench.page()));
      const status = bench.frames.allocate(1);
      for (const order of [
        [1, 0, 2],
        [2, 1, 0],
        [0, 2, 1],
      ]) {
        bench.memory.writeBytes(status, NOTHING);
        const tokens = [];
        for (let count = 0; count < 3; count++) {
          const { token } = await bench.endpoints.begin({ address: IOVA, access: "read" });
          tokens.push(token);
        }
        await bench.queue.submit(descriptor("IOTLB_INV", { G: 1 }), statusWait(status, 0xd7));
        for (const place of order) {
          await bench.expect.memory(`status ahead of the end of ${place}`, status, NOTHING);
          await bench.endpoints.end(tokens[place]!);
        }
        await bench.queue.run();
        await bench.expect.memory("status afterwards", status, word(0xd7));
      }
    },
  },
  {
    id: "page-selective-drains-its-range",
    title: "A page-selective IOTLB invalidation drains requests that overlap its range",
    needs: joined(needsOfWorld["second-stage"], IN_FLIGHT, {
      capabilities: ["PSI", { MAJOR: atLeast(2) }],
    }),
    steps: (bench) => {
      const fields = { G: 3, DID: 1, ADDR: IOVA, AM: 0, IH: 1 };
      return expectDrained(bench, "second-stage", "write", descriptor("IOTLB_INV", fields));
    },
  },
]);

const flags = casesOf("6.5.2.3", [
  ...((
    [
      ["DR", "read", "DRD"],
      ["DW", "write", "DWD"],
    ] as const
  ).map(([flag, access, capability]) => ({
    id: `${flag.toLowerCase()}-drains-${access}s`,
    title: `Before version 2 an IOTLB invalidation with ${flag} drains ${access}s`,
    needs: joined(needsOfWorld.legacy, IN_FLIGHT, {
      capabilities: [capability, { MAJOR: atMost(1) }],
    }),
    steps: (bench) => {
      const fields = { G: 2, DID: 1, [flag]: 1 };
      return expectDrained(bench, "legacy", access, descriptor("IOTLB_INV", fields));
    },
  })) satisfies Parameters<typeof casesOf>[1]),
]);

const enabling = casesOf("6.5.4", [
  {
    id: "enabling-drains",
    title: "TES is set after the requests have ended that passed before TE",
    needs: joined(needsOfWorld.legacy, IN_FLIGHT),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("legacy").map(IOVA, bench.page());
      await bench.commands.setRoot(world.rootTableAddress);
      const { outcome, token } = await bench.endpoints.begin({ address: page });
      bench.expect.equal("the request in flight", outcome, "done");
      await bench.commands.submit("TE");
      await bench.expect.register("GSTS", { TES: 0 }, "with a request in flight");
      await bench.endpoints.end(token);
      await bench.registers.waitFor("GSTS", { TES: 1 });
    },
  },
]);

/** Cases of draining. */
export const draining: readonly ConformanceCase[] = [...always, ...flags, ...enabling];
