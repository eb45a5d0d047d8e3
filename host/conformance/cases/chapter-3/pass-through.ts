import { needsOfWorld } from "../../bench/world.js";
import { caseForEach, casesOf } from "../../case.js";
import { joined } from "../../needs.js";
import { needsOfRequest, WITH_PASID } from "../requests.js";

const kinds = ["legacy-pass-through", "pass-through"] as const;

export const passThrough = casesOf("3.9", [
  ...caseForEach(kinds, (kind) => ({
    id: `${kind}-keeps-address`,
    title: `With ${kind} the output address is the input address, for reads and writes`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world(kind));
      await bench.expectRead(page + 0xff0n, page + 0xff0n);
      await bench.expectWrite(page + 0x10n, page + 0x10n);
      await bench.expectFault.none();
    },
  })),
  ...caseForEach(kinds, (kind) => ({
    id: `${kind}-whole-host-width`,
    title: `With ${kind} addresses of the whole host address width pass, and none beyond`,
    needs: joined(needsOfWorld[kind], needsOfRequest.dma, { abilities: ["no-memory"] }),
    async steps(bench) {
      await bench.start(bench.world(kind));
      const beyond = 1n << BigInt(bench.hostAddressWidth);
      const { outcome } = await bench.endpoints.dma({ address: beyond - 0x1000n });
      const passes = ["done", "no-memory"].includes(outcome);
      bench.expect.that("the last address passes", passes, outcome);
      await bench.expectFault.none();
      const condition = kind === "pass-through" ? "SGN.4.2" : "LGN.1.3";
      for (const address of [beyond, 2n * beyond]) {
        await bench.expectFault.dma(condition, { address });
      }
    },
  })),
  {
    id: "pasid-beside-translated-pasid",
    title: "One PASID passes through while another one of the device is translated",
    needs: joined(needsOfWorld["first-stage"], needsOfRequest["dma-with-pasid"], {
      capabilities: ["PT"],
    }),
    async steps(bench) {
      const [translated, passed] = [bench.page(), bench.page()];
      const world = bench.world("first-stage").map(0x1_2345_6000n, translated);
      world.scalable.pasid(world.sourceId, 9, { kind: "pass-through", domain: 2 });
      await bench.start(world);
      await bench.expectRead(0x1_2345_6000n, translated, WITH_PASID);
      await bench.expectRead(passed, passed, { pasid: 9 });
      await bench.expectFault.none();
    },
  },
  {
    id: "privileged-request-passes",
    title: "Pass-through checks no rights: a supervisor request passes where SRE allows it",
    needs: joined(needsOfWorld["pass-through"], needsOfRequest.privileged),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("pass-through", { pasid: { sre: true } }));
      await bench.expectWrite(page, page, { ...WITH_PASID, privileged: true });
      await bench.expectFault.none();
    },
  },
]);
