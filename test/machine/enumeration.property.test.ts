import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Machine } from "../../host/machine.js";
import type { TreeFunction } from "../../host/machine/options.js";

const memory = { size: 4096 };
const BUS_NUMBERS = 0x18;
const BRIDGE = 1;
const MULTI_FUNCTION = 0x80;

const engineAt = (at: string): TreeFunction => ({ at, kind: "dma-engine", options: { queues: 1 } });
const slot = (device: number) => `${device.toString(16).padStart(2, "0")}.0`;

/** What hangs on a link: an endpoint of one or two functions, a switch, or a bridge to PCI. */
const { onLink } = fc.letrec<Record<"onLink" | "onPci", readonly TreeFunction[]>>((tie) => ({
  onLink: fc.oneof(
    { maxDepth: 3, depthIdentifier: "bus" },
    fc.constantFrom([], [engineAt("00.0")], [engineAt("00.0"), engineAt("00.5")]),
    fc.array(tie("onLink"), { maxLength: 3, depthIdentifier: "bus" }).map((links) => [
      {
        at: "00.0",
        kind: "upstream-port" as const,
        below: links.map((below, device) => ({
          at: slot(3 * device),
          kind: "downstream-port" as const,
          below,
        })),
      },
    ]),
    tie("onPci").map((below) => [{ at: "00.0", kind: "pcie-to-pci-bridge" as const, below }]),
  ),
  onPci: fc.oneof(
    { maxDepth: 3, depthIdentifier: "bus" },
    fc.constantFrom([], [engineAt("1f.0")]),
    tie("onPci").map((below) => [
      engineAt("00.0"),
      { at: "11.0", kind: "pci-bridge" as const, below },
    ]),
  ),
}));

const trees = fc.array(onLink, { minLength: 1, maxLength: 3 }).map((links) =>
  links.map((below, device) => {
    return { at: slot(1 + device), kind: "root-port" as const, below };
  }),
);

/** Finds functions and numbers buses as an operating system does: with configuration accesses alone. */
function enumerate({ config }: Machine): number[] {
  let lastBus = 0;
  const found: number[] = [];
  const scan = (bus: number): void => {
    for (let device = 0; device < 32; device++) {
      const first = (bus << 8) | (device << 3);
      if (config.read16(first, 0) === 0xffff) continue;
      const functions = config.read8(first, 0x0e) & MULTI_FUNCTION ? 8 : 1;
      for (let bdf = first; bdf < first + functions; bdf++) {
        if (config.read16(bdf, 0) === 0xffff) continue;
        if ((config.read8(bdf, 0x0e) & ~MULTI_FUNCTION) !== BRIDGE) {
          found.push(bdf);
          continue;
        }
        const secondary = ++lastBus;
        config.write32(bdf, BUS_NUMBERS, bus | (secondary << 8) | 0xff_0000);
        scan(secondary);
        config.write32(bdf, BUS_NUMBERS, bus | (secondary << 8) | (lastBus << 16));
      }
    }
  };
  for (let bdf = 0; bdf < 256; bdf += 8) config.write32(bdf, BUS_NUMBERS, 0);
  scan(0);
  return found;
}

describe("enumeration of buses", () => {
  it("by software finds every function where the machine numbered it, in any tree", async () => {
    await fc.assert(
      fc.asyncProperty(trees, async (tree) => {
        const machine = await Machine.create({ memory, topology: { tree } });
        const { topology } = machine.bus;
        const endpoints = topology.endpoints().map(({ id }) => id);
        const buses = topology.bridges().map((each) => [each.id, each.secondary, each.subordinate]);
        expect(enumerate(machine)).toEqual(endpoints);
        const again = topology.bridges().map((each) => [each.id, each.secondary, each.subordinate]);
        expect(again).toEqual(buses);
      }),
      { numRuns: 60 },
    );
  });
});
