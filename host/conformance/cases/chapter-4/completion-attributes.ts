import { needsOfWorld, type WorldKind } from "../../bench/world.js";
import { caseForEach, casesOf, type SectionCase } from "../../case.js";
import { joined, withBits, type CapabilityNeed } from "../../needs.js";
import { needsOfRequest } from "../requests.js";

const IOVA = 0x1_2345_6000n;
const needsOf = (kind: WorldKind) => joined(needsOfWorld[kind], needsOfRequest.translation);
const BOTH = { outcome: "completed", read: true, write: true } as const;

/** Large pages by the stages that have them, and what the completion covers. */
const sizes: readonly {
  readonly id: string;
  readonly kind: WorldKind;
  readonly first: 0x1000 | 0x20_0000 | 0x4000_0000;
  readonly second: 0x1000 | 0x20_0000 | 0x4000_0000;
  readonly capabilities: readonly CapabilityNeed[];
}[] = [
  { id: "2m-first-stage", kind: "first-stage", first: 0x20_0000, second: 0x1000, capabilities: [] },
  {
    ...{ id: "1g-first-stage", kind: "first-stage", first: 0x4000_0000, second: 0x1000 },
    capabilities: ["FS1GP"],
  },
  ...(["legacy", "second-stage"] as const).flatMap((kind) =>
    ([0x20_0000, 0x4000_0000] as const).map((second) => ({
      id: `${second === 0x20_0000 ? "2m" : "1g"}-${kind}`,
      kind,
      ...{ first: 0x1000 as const, second },
      capabilities: [{ SSLPS: withBits(second === 0x20_0000 ? 1 : 2) }],
    })),
  ),
  {
    ...{ id: "4k-in-2m-nested", kind: "nested", first: 0x1000, second: 0x20_0000 },
    capabilities: [{ SSLPS: withBits(1) }],
  },
  { id: "2m-in-4k-nested", kind: "nested", first: 0x20_0000, second: 0x1000, capabilities: [] },
  {
    ...{ id: "2m-in-1g-nested", kind: "nested", first: 0x20_0000, second: 0x4000_0000 },
    capabilities: [{ SSLPS: withBits(2) }],
  },
];

function sizeCase({ id, kind, first, second, capabilities }: (typeof sizes)[number]): SectionCase {
  return {
    id: `size-${id}`,
    title: `A page of ${id.replaceAll("-", " ")} translation is answered with its size and its base`,
    needs: joined(needsOf(kind), { capabilities }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world(kind);
      const down = (address: bigint, size: number) => address & ~BigInt(size - 1);
      const iova = 0x1_4000_0000n + page;
      const hasSecond = kind !== "first-stage";
      const hasFirst = kind === "first-stage" || kind === "nested";
      // Nested, the guest-physical address lies beyond the RAM of the host.
      const guest = kind === "nested" ? 0x2_0000_0000n + page : page;
      if (hasFirst) world.first.map(down(iova, first), down(guest, first), { size: first });
      if (hasSecond) {
        const input = kind === "nested" ? guest : iova;
        world.second.map(down(input, second), down(page, second), { size: second });
      }
      await bench.start(world);
      const pageSize = hasFirst && hasSecond ? Math.min(first, second) : Math.max(first, second);
      const answer = await bench.endpoints.translate({ address: iova });
      const expected = { ...BOTH, pageSize, address: down(page, pageSize) };
      bench.expect.fields("the completion", { ...answer }, expected);
    },
  };
}

const completionSizes = casesOf("4.2.3", [
  ...sizes.map(sizeCase),
  {
    id: "size-pass-through",
    title: "Pass-through is answered with an aligned region around the address, R and W",
    needs: needsOf("pass-through"),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("pass-through"));
      const answer = await bench.endpoints.translate({ address: page });
      bench.expect.fields("the completion", { ...answer }, BOTH);
      if (answer.outcome !== "completed") return;
      const { address, pageSize } = answer;
      const around = address <= page && page < address + BigInt(pageSize);
      bench.expect.that("it has the address", around, address);
      bench.expect.equal("its alignment", address % BigInt(pageSize), 0n);
    },
  },
]);

const noSnoop: SectionCase[] = [
  ...caseForEach([false, true], (snoop) => ({
    id: `no-snoop-legacy-snp-${snoop ? "set" : "clear"}`,
    title: `In legacy mode N is SNP of the leaf: ${snoop ? "set" : "clear"}`,
    needs: joined(needsOf("legacy"), { capabilities: ["SC"] }),
    async steps(bench) {
      await bench.start(bench.world("legacy").map(IOVA, bench.page(), { second: { snoop } }));
      const answer = await bench.endpoints.translate({ address: IOVA });
      bench.expect.fields("the completion", { ...answer }, { ...BOTH, noSnoop: snoop });
    },
  })),
  ...caseForEach(["first-stage", "second-stage", "nested", "pass-through"] as const, (kind) => ({
    id: `no-snoop-pgsnp-${kind}`,
    title: `N is set where PGSNP of the PASID table entry is (${kind})`,
    needs: joined(needsOf(kind), { capabilities: ["SC"] }),
    async steps(bench) {
      const page = bench.page();
      const iova = kind === "pass-through" ? page : IOVA;
      const world = bench.world(kind).map(iova, page);
      await bench.start(world);
      const clear = await bench.endpoints.translate({ address: iova });
      bench.expect.fields("PGSNP clear", { ...clear }, { ...BOTH, noSnoop: false });
      world.pasidEntry().set({ PGSNP: 1 });
      await bench.invalidateAll();
      const set = await bench.endpoints.translate({ address: iova });
      bench.expect.fields("PGSNP set", { ...set }, { ...BOTH, noSnoop: true });
    },
  })),
  ...caseForEach(["second-stage", "nested"] as const, (kind) => ({
    id: `no-snoop-snp-${kind}`,
    title: `N is set where SNP of the second-stage leaf is (${kind})`,
    needs: joined(needsOf(kind), { capabilities: ["SC"] }),
    async steps(bench) {
      const world = bench.world(kind).map(IOVA, bench.page(), { second: { snoop: true } });
      await bench.start(world);
      const answer = await bench.endpoints.translate({ address: IOVA });
      bench.expect.fields("the completion", { ...answer }, { ...BOTH, noSnoop: true });
    },
  })),
  {
    id: "no-snoop-without-snoop-control",
    title: "A unit without snoop control answers with N clear",
    needs: joined(needsOf("legacy"), { capabilities: ["!SC"] }),
    with: { capabilities: { SC: 0 } },
    async steps(bench) {
      await bench.start(bench.world("legacy").map(IOVA, bench.page()));
      const answer = await bench.endpoints.translate({ address: IOVA });
      bench.expect.fields("the completion", { ...answer }, { ...BOTH, noSnoop: false });
    },
  },
];

export const completionAttributes = [...completionSizes, ...casesOf("4.2.3", noSnoop)];
