import { expect, it } from "vitest";

import { withAbsentBars } from "../../../host/emulators/v86/absent-bars.js";
import type { V86Pci } from "../../../host/emulators/v86/internals.js";

it("describes base address registers that are not there, for as long as the work takes", () => {
  const bar = { size: 8, original_bar: 1, entries: [] };
  const bars = [undefined, bar, undefined];
  const pci = { devices: [undefined, { name: "ide", pci_bars: bars }] } as unknown as V86Pci;
  const sizes = withAbsentBars(pci, () => bars.map((each) => each?.size));
  expect(sizes).toEqual([0, 8, 0]);
  expect(bars).toEqual([undefined, bar, undefined]);
  const fail = () => {
    throw new Error("no");
  };
  expect(() => withAbsentBars(pci, fail)).toThrow("no");
  expect(bars[0]).toBeUndefined();
});
