import { describe, expect, it } from "vitest";

import { TIME_OUT } from "./checks.js";
import { guest, runGuest } from "./guest.js";
import { DEVICE_TLB, FSTS, ITE, traceFolder, WAIT } from "./unit-record.js";

describe("§6.5.2.11: Debian's kernel, and an endpoint that answers no invalidation at first", () => {
  const trace = traceFolder();

  const run = guest(
    "two processors: one unmaps, the other has the endpoint answer in the end",
    () =>
      runGuest({
        kernel: "stock",
        flows: ["time-out"],
        args: ["--smp", "2", "--trace", trace.file],
      }),
    TIME_OUT,
  );

  it("the kernel prints each time-out with the endpoint that it is of", () => {
    const printed = run().console.match(/VT-d detected Invalidation Time-out Error: SID 28\b/g);
    expect(printed?.length).toBeGreaterThanOrEqual(2);
  });

  it("takes no time-out for an answer: it asks again, and completes no wait before the endpoint has answered", () => {
    const record = trace.read();
    const clears = record.flatMap((each, at) =>
      each.kind === "write" && each.offset === FSTS && (each.value & ITE) !== 0n ? [at] : [],
    );
    expect(clears.length).toBeGreaterThanOrEqual(2);
    const typesBetween = (from: number, to?: number) =>
      record.slice(from, to).flatMap((each) => (each.kind === "descriptor" ? [each.type] : []));
    for (const [index, clear] of clears.entries()) {
      const types = typesBetween(clear, clears[index + 1]);
      expect(types).toContain(DEVICE_TLB);
      const last = index + 1 === clears.length;
      expect(types.includes(WAIT)).toBe(last);
    }
  });
});
