import { describe, expect, it } from "vitest";
import type { AttachOptions } from "../../host/emulators/v86/index.js";
import { bootWithUnit, checksOf, type Boot } from "./boot-with-unit.js";

const CHECKS = [
  ...["find-tables", "find-endpoint", "find-unit", "unit-capabilities"],
  ...["no-caching-mode", "local-apic"],
  ...["invalidation-queue", "root-table", "page-request-queue", "events", "translation-on"],
  ...["endpoint", "queues-stopped", "drained", "requests-are-responses"],
  ...["page-request-queue-empty", "no-frame-leaked", "no-table-leaked"],
  ...["every-byte-as-the-shadow", "endpoint-off", "translation-off", "no-fault-pending"],
];
/** Register and bit of dma-engine. */
const MANNERS = 0x20n;
const STALE_TLB = 1n << 3n;
/** A boot takes seconds, and shares the machine with other tests. */
const TIME_LIMIT_MS = 120_000;

const boot = (seed: number, options: AttachOptions = { preset: "full" }): Promise<Boot> =>
  bootWithUnit(
    { image: "stress.elf", commandLine: `seed=${seed}`, memoryMib: 64, jit: false },
    options,
  );

/** A number of the summary: the one in front of these words. */
function counted({ lines }: Boot, words: string): number {
  const match = new RegExp(`(\\d+) ${words}`).exec(lines.filter((l) => l.startsWith("#")).join());
  if (!match) throw new Error(`the summary does not count "${words}"`);
  return Number(match[1]);
}

function expectNothingLost(result: Boot): void {
  expect(checksOf(result)).toEqual(CHECKS.map((name) => `ok ${name}`));
  expect(result.ending).toEqual({ kind: "exit", code: 0 });
}

describe("stress: random mappings and DMA in several address spaces", { timeout: TIME_LIMIT_MS }, () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("loses nothing with seed %i", async (seed) => {
    const result = await boot(seed);
    expectNothingLost(result);
    expect(result.lines[0]).toBe(`# stress: random mappings and DMA, seed ${seed}`);
    expect(counted(result, "descriptors, digest")).toBeGreaterThan(3000);
    expect(counted(result, "in \\d+ groups granted")).toBeGreaterThan(1000);
    expect(counted(result, "refused, \\d+ failed")).toBeGreaterThan(0);
    expect(counted(result, "under DMA")).toBeGreaterThan(50);
    expect(counted(result, "splits")).toBeGreaterThan(0);
    expect(counted(result, "in \\d+ records")).toBeGreaterThan(0);
  });

  it("prints the same lines for the same seed, and others for another", async () => {
    const [first, second, other] = [await boot(11), await boot(11), await boot(12)];
    expect(second.lines).toEqual(first.lines);
    expect(other.lines).not.toEqual(first.lines);
  });

  it("takes the seed 1 without a command line", async () => {
    const result = await bootWithUnit(
      { image: "stress.elf", memoryMib: 64, jit: false },
      { preset: "full" },
    );
    expect(result.lines[0]).toBe("# stress: random mappings and DMA, seed 1");
  });

  it.each(["first-stage", "second-stage", "linux"] as const)(
    "loses nothing in the address spaces that preset %s has",
    async (preset) => {
      expectNothingLost(await boot(1, { preset }));
    },
  );

  it("loses nothing with one entry in every cache of the unit", async () => {
    const caches = { context: 1, pasid: 1, iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };
    expectNothingLost(await boot(1, { preset: "full", caches }));
  });

  it("notices an endpoint that answers invalidations and keeps the translations", async () => {
    const result = await bootWithUnit(
      { image: "stress.elf", memoryMib: 64, jit: false },
      { preset: "full" },
      ({ bus, endpoints }) => {
        const deliver = bus.deliverDeviceTlbInvalidate.bind(bus);
        const registers = BigInt(endpoints[0]?.bars[0]?.address ?? 0);
        bus.deliverDeviceTlbInvalidate = (request) => {
          bus.write(registers + MANNERS, 4, STALE_TLB);
          return deliver(request);
        };
      },
    );
    expect(checksOf(result).at(-1)).toMatch(/^not ok (outcome|data): /);
    expect(result.ending).toEqual({ kind: "exit", code: 1 });
  });
});
