import { describe, expect, it } from "vitest";

import { IOMMUFD, NESTED, PENDING, REGISTERS, SVA, VFIO } from "./checks.js";
import { outcome, runGuest, type Checks, type GuestChoice } from "./guest.js";

const variable = "VIOMMU_BOOTS";
const asked = process.env[variable] ?? "0";
const boots = Number(asked);
if (!Number.isInteger(boots) || boots < 0 || boots > 1000) {
  throw new Error(`${variable}=${asked}: expected a number of boots from 0 to 1000`);
}

/** What is booted in turn. */
const GUESTS: readonly (readonly [string, GuestChoice, Checks])[] = [
  ["Debian's kernel, SVA and VFIO", { kernel: "stock" }, [...REGISTERS, ...SVA, ...VFIO]],
  [
    "a kernel with IOMMUFD",
    { kernel: "iommufd", flows: ["mmio", "iommufd", "pending", "nested"] },
    [...REGISTERS, ...IOMMUFD, ...PENDING, ...NESTED],
  ],
];

/** `VIOMMU_BOOTS=20 npm run test:linux` boots so many guests of each kind, and judges each. */
describe.skipIf(boots === 0)(`${boots} boots in a row without one failure`, () => {
  it.each(GUESTS)(
    "%s",
    async (title, choice, checks) => {
      const seconds: number[] = [];
      for (let boot = 1; boot <= boots; boot++) {
        const result = await runGuest(choice);
        const failed = checks.flatMap(([name]) => {
          const found = outcome(result, name);
          return found === "ok" ? [] : [found];
        });
        const { verdict, reason } = result;
        expect({ boot, verdict, reason, failed }).toEqual({
          ...{ boot, verdict: "pass", reason: undefined, failed: [] },
        });
        seconds.push(result.wallMs / 1000);
      }
      const sorted = seconds.toSorted((a, b) => a - b);
      const [least, median, most] = [0, Math.floor(boots / 2), boots - 1].map((at) =>
        sorted[at]!.toFixed(1),
      );
      console.log(
        `# ${title}: ${boots} boots, ${least} / ${median} / ${most} s each (least, median, most)`,
      );
    },
    boots * 300_000,
  );
});
