import { needsOfWorld, worldKinds, type WorldKind } from "../../bench/world.js";
import { caseForEach, casesOf, type SectionCase } from "../../case.js";
import { joined, withBits } from "../../needs.js";
import { AS_SUPERVISOR, needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x1_2345_6000n;
const kinds = ["legacy", "first-stage", "second-stage", "nested"] as const;
const needsOf = (kind: WorldKind) => joined(needsOfWorld[kind], needsOfRequest.translation);
const PASID_NEEDS = joined(needsOfWorld["first-stage"], needsOfRequest["translation-with-pasid"]);
const SUPERVISOR = joined(PASID_NEEDS, { capabilities: ["SRS"], abilities: ["privileged"] });
const BOTH = { outcome: "completed", read: true, write: true } as const;

const permissions = casesOf("4.2.3", [
  ...caseForEach(["legacy", "first-stage", "second-stage"] as const, (kind) => ({
    id: `refused-after-dma-${kind}`,
    title: `A translation request that the context entry forbids is refused although DMA to its page was translated (${kind})`,
    needs: joined(needsOf(kind), { abilities: ["dma"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world(kind).map(IOVA, page);
      world.contextEntry.set(kind === "legacy" ? { TT: 0 } : { DTE: 0, PRE: 0 });
      await bench.start(world);
      await bench.expectRead(IOVA, page);
      const condition = kind === "legacy" ? "LCT.5" : "SCT.5";
      await bench.expectFault.translation(condition, { address: IOVA });
    },
  })),
  ...caseForEach(kinds, (kind) => ({
    id: `page-of-4k-${kind}`,
    title: `A page of 4 KiB is answered with its address, R, W, and every flag clear (${kind})`,
    needs: needsOf(kind),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world(kind).map(IOVA, page));
      const answer = await bench.endpoints.translate({ address: IOVA });
      const flags = { untranslatedOnly: false, execute: false, privileged: false, global: false };
      const expected = { ...BOTH, ...flags, address: page, pageSize: 4096 };
      bench.expect.fields("the completion", { ...answer }, expected);
      await bench.expectFault.none();
    },
  })),
  ...caseForEach(kinds, (kind) => ({
    id: `read-only-page-${kind}`,
    title: `A page that may not be written is answered with R alone (${kind})`,
    needs: needsOf(kind),
    async steps(bench) {
      const readOnly = { first: { write: false }, second: { write: false } };
      await bench.start(bench.world(kind).map(IOVA, bench.page(), readOnly));
      const answer = await bench.endpoints.translate({ address: IOVA });
      bench.expect.fields("the completion", { ...answer }, { ...BOTH, write: false });
      await bench.expectFault.none();
    },
  })),
  ...caseForEach(["legacy", "second-stage", "nested"] as const, (kind) => ({
    id: `write-only-page-${kind}`,
    title: `A page that may not be read is answered with W alone (${kind})`,
    needs: needsOf(kind),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world(kind).map(IOVA, page, { second: { read: false } }));
      const answer = await bench.endpoints.translate({ address: IOVA });
      const expected = { ...BOTH, read: false, address: page };
      bench.expect.fields("the completion", { ...answer }, expected);
      await bench.expectFault.none();
    },
  })),
  {
    id: "nested-permissions-of-both-stages",
    title: "A nested page has W only where both stages give it",
    needs: needsOf("nested"),
    async steps(bench) {
      const world = bench.world("nested");
      world.map(IOVA, bench.page(), { first: { write: false } });
      world.map(IOVA + 0x1000n, bench.page(), { second: { write: false } });
      await bench.start(world);
      for (const address of [IOVA, IOVA + 0x1000n]) {
        const answer = await bench.endpoints.translate({ address });
        bench.expect.fields("the completion", { ...answer }, { ...BOTH, write: false });
      }
    },
  },
  {
    id: "no-write-flag",
    title: "With NWFS set a request with NW is answered without W",
    needs: joined(needsOf("legacy"), { capabilities: ["NWFS"] }),
    async steps(bench) {
      await bench.start(bench.world("legacy").map(IOVA, bench.page()));
      const answer = await bench.endpoints.translate({ address: IOVA, noWrite: true });
      bench.expect.fields("the completion", { ...answer }, { ...BOTH, write: false });
      const again = await bench.endpoints.translate({ address: IOVA });
      bench.expect.fields("the completion without NW", { ...again }, BOTH);
    },
  },
  {
    id: "no-write-flag-ignored",
    title: "With NWFS clear NW is ignored",
    needs: joined(needsOf("legacy"), { capabilities: ["!NWFS"] }),
    with: { capabilities: { NWFS: 0 } },
    async steps(bench) {
      await bench.start(bench.world("legacy").map(IOVA, bench.page()));
      const answer = await bench.endpoints.translate({ address: IOVA, noWrite: true });
      bench.expect.fields("the completion", { ...answer }, BOTH);
    },
  },
  {
    id: "any-address-of-the-page",
    title: "Offsets within a page change nothing in the completion",
    needs: needsOf("legacy"),
    async steps(bench) {
      const pages = bench.page(2);
      await bench.start(bench.world("legacy").map(IOVA, pages, { count: 2 }));
      for (const address of [IOVA, IOVA + 0x1000n, IOVA]) {
        const answer = await bench.endpoints.translate({ address });
        const expected = { ...BOTH, address: pages + (address - IOVA) };
        bench.expect.fields("the completion", { ...answer }, expected);
      }
    },
  },
]);

const privileges = casesOf("4.2.3", [
  {
    id: "priv-of-supervisor-request",
    title: "Priv is set in the completion of a request with PASID that asks for privilege",
    needs: SUPERVISOR,
    async steps(bench) {
      const world = bench.world("first-stage", { pasid: { sre: true } });
      await bench.start(world.map(IOVA, bench.page(), { first: { user: false } }));
      const answer = await bench.endpoints.translate({ ...AS_SUPERVISOR, address: IOVA });
      bench.expect.fields("the completion", { ...answer }, { ...BOTH, privileged: true });
    },
  },
  {
    id: "priv-of-user-request",
    title: "Priv is clear for a user request, which gets nothing of a supervisor page",
    needs: PASID_NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage").map(IOVA, bench.page(), { first: { user: false } });
      await bench.start(world.map(IOVA + 0x1000n, bench.page()));
      const refused = await bench.endpoints.translate({ ...WITH_PASID, address: IOVA });
      const nothing = { outcome: "completed", read: false, write: false, privileged: false };
      bench.expect.fields("the completion", { ...refused }, nothing);
      const other = await bench.endpoints.translate({ ...WITH_PASID, address: IOVA + 0x1000n });
      bench.expect.fields("the other", { ...other }, { ...BOTH, privileged: false });
      await bench.expectFault.none();
    },
  },
  {
    id: "priv-where-supervisors-are-not-served",
    title: "With SRE clear a request for privilege is answered R=W=0 with Priv set",
    needs: SUPERVISOR,
    async steps(bench) {
      await bench.start(bench.world("first-stage").map(IOVA, bench.page()));
      const answer = await bench.endpoints.translate({ ...AS_SUPERVISOR, address: IOVA });
      const expected = { outcome: "completed", read: false, write: false, privileged: true };
      bench.expect.fields("the completion", { ...answer }, expected);
      await bench.expectFault.none();
    },
  },
  {
    id: "priv-of-unit-without-supervisors",
    title: "A unit without SRS answers a request for privilege R=W=0 with Priv set",
    needs: joined(PASID_NEEDS, { capabilities: ["!SRS"], abilities: ["privileged"] }),
    with: { capabilities: { SRS: 0, RPRIVS: 0 } },
    async steps(bench) {
      await bench.start(bench.world("first-stage").map(IOVA, bench.page()));
      const answer = await bench.endpoints.translate({ ...AS_SUPERVISOR, address: IOVA });
      const expected = { outcome: "completed", read: false, write: false, privileged: true };
      bench.expect.fields("the completion", { ...answer }, expected);
    },
  },
  {
    id: "rid-priv-without-priv",
    title: "RID_PRIV gives supervisor permissions in a completion whose Priv is clear",
    needs: joined(needsOf("first-stage"), { capabilities: ["RPRIVS"] }),
    async steps(bench) {
      const world = bench.world("first-stage", { pasid: { sre: true } });
      world.contextEntry.set({ RID_PRIV: 1 });
      await bench.start(world.map(IOVA, bench.page(), { first: { user: false } }));
      const answer = await bench.endpoints.translate({ address: IOVA });
      bench.expect.fields("the completion", { ...answer }, { ...BOTH, privileged: false });
    },
  },
  {
    id: "write-protect-in-completion",
    title: "WPE decides whether a supervisor gets W of a page with R/W clear",
    needs: SUPERVISOR,
    async steps(bench) {
      const world = bench.world("first-stage", { pasid: { sre: true } });
      world.map(IOVA, bench.page(), { first: { write: false } });
      await bench.start(world);
      const request = { ...AS_SUPERVISOR, address: IOVA };
      bench.expect.fields("WPE clear", { ...(await bench.endpoints.translate(request)) }, BOTH);
      world.pasidEntry(WITH_PASID.pasid).set({ WPE: 1 });
      await bench.invalidateAll();
      const answer = await bench.endpoints.translate(request);
      bench.expect.fields("WPE set", { ...answer }, { ...BOTH, write: false });
    },
  },
  {
    id: "global-is-clear",
    title: "Global is clear in the completion although G of the leaf is set",
    needs: PASID_NEEDS,
    async steps(bench) {
      const world = bench.world("first-stage");
      await bench.start(world.map(IOVA, bench.page(), { first: { global: true } }));
      const answer = await bench.endpoints.translate({ ...WITH_PASID, address: IOVA });
      bench.expect.fields("the completion", { ...answer }, { ...BOTH, global: false });
    },
  },
]);

const IN_RANGE = 0xfee0_1000n;
const interruptRange: SectionCase[] = [
  ...caseForEach(
    ["legacy", "first-stage", "second-stage", "nested", "pass-through"] as const,
    (kind) => ({
      id: `interrupt-range-write-${kind}`,
      title: `A request without PASID and NW for FEEx_xxxxh may write untranslated (${kind})`,
      needs: needsOf(kind),
      async steps(bench) {
        await bench.start(bench.world(kind).map(IN_RANGE, bench.page()));
        const answer = await bench.endpoints.translate({ address: IN_RANGE });
        const expected = { ...BOTH, read: false, untranslatedOnly: true, pageSize: 4096 };
        bench.expect.fields("the completion", { ...answer }, expected);
        await bench.expectFault.none();
      },
    }),
  ),
  {
    id: "interrupt-range-no-write",
    title: "A request without PASID for FEEx_xxxxh that has NW set gets nothing",
    needs: joined(needsOf("legacy"), { capabilities: ["NWFS"] }),
    async steps(bench) {
      await bench.start(bench.world("legacy").map(IN_RANGE, bench.page()));
      const answer = await bench.endpoints.translate({ address: IN_RANGE, noWrite: true });
      const expected = { outcome: "completed", read: false, write: false, untranslatedOnly: false };
      bench.expect.fields("the completion", { ...answer }, expected);
      await bench.expectFault.none();
    },
  },
  ...caseForEach(["first-stage", "second-stage", "nested"] as const, (kind) => ({
    id: `interrupt-range-with-pasid-${kind}`,
    title: `A request with PASID for FEEx_xxxxh is translated like any other (${kind})`,
    needs: joined(needsOf(kind), needsOfRequest["translation-with-pasid"]),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world(kind).map(IN_RANGE, page));
      const answer = await bench.endpoints.translate({ ...WITH_PASID, address: IN_RANGE });
      const expected = { ...BOTH, untranslatedOnly: false, address: page };
      bench.expect.fields("the completion", { ...answer }, expected);
    },
  })),
  {
    id: "large-page-around-interrupt-range",
    title: "A page whose size overlaps FEEx_xxxxh is refused although its address lies outside",
    needs: joined(needsOf("second-stage"), { capabilities: [{ SSLPS: withBits(1) }] }),
    async steps(bench) {
      const world = bench.world("second-stage");
      await bench.start(world.map(0x4000_0000n, 0xfee0_0000n, { size: 0x20_0000 }));
      await bench.expectFault.translation("SGN.8.2", { address: 0x4010_0000n });
    },
  },
];

const notPresent = casesOf("7.1.2", [
  ...caseForEach(
    worldKinds.filter((kind) => !kind.includes("pass-through")),
    (kind) => ({
      id: `recoverable-not-reported-${kind}`,
      title: `A translation request for a page that is not mapped succeeds without permission (${kind})`,
      needs: needsOf(kind),
      async steps(bench) {
        await bench.start(bench.world(kind));
        const answer = await bench.endpoints.translate({ address: IOVA });
        const expected = { outcome: "completed", read: false, write: false };
        bench.expect.fields("the completion", { ...answer }, expected);
        await bench.expectFault.none();
        await bench.expect.register("FSTS", { PPF: 0, PFO: 0 });
      },
    }),
  ),
]);

export const translationCompletions = [
  ...[...permissions, ...privileges, ...casesOf("4.2.3", interruptRange), ...notPresent],
];
