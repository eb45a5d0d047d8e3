import { expect, it } from "vitest";

import { SerialLog } from "../../host/cli/boot-checks.js";

function checksOf(text: string) {
  const log = new SerialLog();
  for (const byte of new TextEncoder().encode(text)) log.add(byte);
  log.end();
  return log.checks;
}

it("finds checks among other lines, with carriage returns or not, and without a last newline", () => {
  expect(checksOf("# hello\nok one\r\nnot ok two: was 3, want 4\nnothing\nok three")).toEqual([
    { name: "one", ok: true },
    { name: "two", ok: false, detail: "was 3, want 4" },
    { name: "three", ok: true },
  ]);
});

it("tells checks that were skipped from those that passed", () => {
  expect(checksOf("skip disk: there is none\nskip\nskipped one\n")).toEqual([
    { name: "disk", ok: true, skipped: true, detail: "there is none" },
  ]);
});

it("takes no line for a check that only resembles one", () => {
  expect(checksOf("okay\n ok one\nnot okay\nok\n1..3\n")).toEqual([]);
});

it("finds those that come through the log of a Linux kernel", () => {
  const text =
    "[    4.231210] ok one\r\n[   12.000001][  T158] not ok two: lost\r\n[T1] skip three: why\r\n";
  expect(checksOf(text)).toMatchObject([
    { name: "one" },
    { name: "two", ok: false },
    { name: "three" },
  ]);
});

it("tells the end of each line", () => {
  const log = new SerialLog();
  expect([..."a\nb"].map((c) => log.add(c.charCodeAt(0)))).toEqual([false, true, false]);
});
