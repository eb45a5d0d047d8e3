import { needsOfWorld, type WorldKind } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import { needsOfRequest, WITH_PASID } from "../requests.js";

const IOVA = 0x3_4567_8000n;
const needsOf = (kind: WorldKind) => joined(needsOfWorld[kind], needsOfRequest.translated);
const kinds = ["legacy", "first-stage", "second-stage", "nested", "pass-through"] as const;

const disabled = casesOf("4.2.1", [
  {
    id: "translation-request-while-disabled",
    title: "With translation disabled a translation request is answered Unsupported Request",
    needs: needsOfRequest.translation,
    async steps(bench) {
      const answer = await bench.endpoints.translate({ address: bench.page() });
      bench.expect.equal("outcome", answer.outcome, "blocked");
      const completion = answer.outcome === "blocked" ? answer.completion : undefined;
      if (completion !== undefined) bench.expect.equal("completion", completion, "UR");
      await bench.expectFault.none();
    },
  },
  {
    id: "translated-request-while-disabled",
    title:
      "With translation disabled a translated request is blocked, and an untranslated one passes",
    needs: needsOfRequest.translated,
    async steps(bench) {
      const page = bench.page();
      const { outcome } = await bench.endpoints.dma({ address: page, translated: true });
      bench.expect.equal("the translated request", outcome, "blocked");
      await bench.expectRead(page, page);
    },
  },
  {
    id: "translation-request-after-disabling",
    title: "Translation requests are blocked again once translation is disabled",
    needs: needsOf("legacy"),
    async steps(bench) {
      await bench.start(bench.world("legacy").map(IOVA, bench.page()));
      const before = await bench.endpoints.translate({ address: IOVA });
      bench.expect.equal("while enabled", before.outcome, "completed");
      await bench.commands.command("TE", false);
      const after = await bench.endpoints.translate({ address: IOVA });
      bench.expect.equal("after", after.outcome, "blocked");
    },
  },
  {
    id: "translated-request-with-pasid",
    title: "A unit without PASIDs in translated requests blocks a translated request that has one",
    needs: joined(needsOf("pass-through"), { capabilities: ["PASID", "!PTRS"] }),
    with: { capabilities: { PTRS: 0 } },
    async steps(bench) {
      await bench.start(bench.world("pass-through"));
      const request = { ...WITH_PASID, address: bench.page(), translated: true };
      const { outcome } = await bench.endpoints.dma(request);
      bench.expect.equal("the request", outcome, "blocked");
    },
  },
]);

const served = casesOf("4.2.5", [
  ...caseForEach(kinds, (kind) => ({
    id: `address-unchanged-${kind}`,
    title: `The address of a translated request is not translated (${kind})`,
    needs: needsOf(kind),
    async steps(bench) {
      const [page, elsewhere] = [bench.page(), bench.page()];
      const world = bench.world(kind);
      if (kind !== "pass-through") world.map(page, elsewhere);
      await bench.start(world);
      await bench.expectRead(page + 8n, page + 8n, { translated: true });
      await bench.expectWrite(page + 16n, page + 16n, { translated: true });
      await bench.expectFault.none();
    },
  })),
  ...caseForEach(["legacy", "first-stage"] as const, (kind) => ({
    id: `no-rights-checked-${kind}`,
    title: `A translated request is served although no page is mapped (${kind})`,
    needs: needsOf(kind),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world(kind));
      await bench.expectWrite(page, page, { translated: true });
      await bench.expectFault.none();
    },
  })),
  {
    id: "pasid-entry-not-looked-at",
    title: "Without host permission tables a translated request needs no PASID table entry",
    needs: joined(needsOf("pass-through")),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("pass-through");
      world.pasidEntry().set({ P: 0 });
      await bench.start(world);
      await bench.expectRead(page, page, { translated: true });
      await bench.expectFault.none();
      await bench.expectFault.dma("SPT.2", { address: page });
    },
  },
  {
    id: "pasid-where-enabled",
    title: "With EPTR set a translated request with PASID is served",
    needs: joined(needsOf("first-stage"), { capabilities: ["PTRS"], abilities: ["pasid"] }),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage");
      world.contextEntry.set({ EPTR: 1 });
      await bench.start(world);
      await bench.expectRead(page, page, { ...WITH_PASID, translated: true });
      await bench.expectFault.none();
    },
  },
  {
    id: "no-flags-set",
    title: "A translated request sets no accessed or dirty flag",
    needs: needsOf("first-stage"),
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(page, page);
      await bench.start(world);
      await bench.expectWrite(page, page, { translated: true });
      await bench.expect.entry("the leaf", world.leaf(page), { A: 0, D: 0 });
    },
  },
  ...caseForEach(["legacy", "pass-through"] as const, (kind) => ({
    id: `interrupt-range-${kind}`,
    title: `A translated write of a DWORD to FEEx_xxxxh is no interrupt, and is blocked (${kind})`,
    needs: needsOf(kind),
    async steps(bench) {
      await bench.start(bench.world(kind));
      const condition = kind === "legacy" ? "LGN.4" : "SGN.8.3";
      for (const address of [0xfee0_0000n, 0xfeef_f000n]) {
        const write = { address, access: "write", length: 4, translated: true } as const;
        await bench.expectFault.dma(condition, write);
      }
      bench.expect.equal("interrupts", await bench.events.interrupts(), []);
    },
  })),
  {
    id: "as-the-completion-says",
    title: "The address of a completion leads a translated request to the page",
    needs: joined(needsOf("first-stage"), needsOfRequest.translation),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("first-stage").map(IOVA, page));
      const answer = await bench.endpoints.translate({ address: IOVA });
      if (answer.outcome !== "completed") return void bench.expect.that("completed", false, answer);
      await bench.expectRead(answer.address + 0x40n, page + 0x40n, { translated: true });
    },
  },
  {
    id: "atomic-served",
    title: "A translated AtomicOp is done",
    needs: joined(needsOf("legacy"), needsOfRequest.atomic),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("legacy"));
      const data = Uint8Array.of(9, 8, 7, 6);
      const atomic = { access: "atomic", translated: true } as const;
      const { outcome } = await bench.endpoints.dma({ ...atomic, address: page, data });
      bench.expect.equal("the AtomicOp", outcome, "done");
      await bench.expect.memory("the page", page, data);
    },
  },
]);

export const translatedRequests = [...disabled, ...served];
