// #region case
import { casesOf, runCases, targetNamed } from "viommu/conformance";

const cases = casesOf("7.2.3", [
  {
    id: "present-bit-clear",
    title: "A page that is not mapped is a fault, and the next one is not",
    needs: { capabilities: ["SMTS", "FSTS"], abilities: ["dma"] },
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("first-stage").map(0x5000n, page);
      await bench.start(world);
      await bench.expectRead(0x5000n, page);
      await bench.expectFault.dma("SFS.2", { address: 0x6000n, access: "write" });
    },
  },
]);
// #endregion

// #region run
const target = await targetNamed("core-port");
const { cases: results } = await runCases({ target, cases, presets: ["full", "legacy"] });
for (const { id, configuration, status, reason } of results) {
  console.log(id, configuration, status, reason);
}
// => "VTD-7.2.3-present-bit-clear", "full", "passed", undefined
// => "VTD-7.2.3-present-bit-clear", "legacy", "skipped",
//      "needs SMTS; the unit reports SMTS = 0"
// #endregion
