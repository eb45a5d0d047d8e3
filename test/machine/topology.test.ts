import { describe, expect, it } from "vitest";
import { Machine } from "../../host/machine.js";
import type { MachineTopology, TreeFunction } from "../../host/machine/options.js";

const memory = { size: 2 ** 20 };
const ENGINE_ID = 0xd3a1_1234;

const engineAt = (at: string) => ({ at, kind: "dma-engine" }) as const;

/** A switch with two engines, and a bridge to conventional PCI with two. */
const tree: TreeFunction[] = [
  engineAt("02.0"),
  {
    at: "1c.0",
    kind: "root-port",
    below: [
      {
        at: "00.0",
        kind: "upstream-port",
        below: [
          { at: "00.0", kind: "downstream-port", below: [engineAt("00.0")], spareBuses: 2 },
          { at: "01.0", kind: "downstream-port", below: [engineAt("00.0"), engineAt("00.3")] },
        ],
      },
    ],
  },
  {
    at: "1c.1",
    kind: "root-port",
    below: [
      { at: "00.0", kind: "pcie-to-pci-bridge", below: [engineAt("05.0"), engineAt("1f.7")] },
    ],
  },
];

function describeBuses(machine: Machine): string[] {
  return machine.bus.topology.bridges().map((bridge) => {
    const { kind, id, secondary, subordinate } = bridge;
    return `${kind} ${id.toString(16)}: ${secondary}-${subordinate}`;
  });
}

describe("a topology as a tree", () => {
  it("gets bus numbers depth first, as firmware gives them", async () => {
    const machine = await Machine.create({ memory, topology: { tree } });
    expect(describeBuses(machine)).toEqual([
      "root-port e0: 1-6",
      "upstream-port 100: 2-6",
      "downstream-port 200: 3-5",
      "downstream-port 208: 6-6",
      "root-port e1: 7-8",
      "pcie-to-pci-bridge 700: 8-8",
    ]);
    const engines = machine.bus.topology.endpoints().map(({ id }) => id);
    expect(engines).toEqual([0x10, 0x300, 0x600, 0x603, 0x828, 0x8ff]);
  });

  it("works at once: windows lead to every endpoint, and every bridge forwards DMA", async () => {
    const machine = await Machine.create({ memory, topology: { tree } });
    const { bus, config } = machine;
    for (const { id } of bus.topology.endpoints()) {
      expect(bus.read32(0xb000_0000n + (BigInt(id) << 12n))).toBe(ENGINE_ID);
      const bar = BigInt(config.read32(id, 0x10));
      expect(bus.read32(bar)).toBe(0x4541_4d44);
      config.write16(id, 0x04, 6);
      bus.write32(bar + 0x100cn, 2); // a ring at 0 with an empty descriptor, and its doorbell
      bus.write32(bar + 0x1000n, 1);
      bus.write32(bar + 0x101cn, 1);
      machine.settle();
      expect(machine.memory.read32(0x30n) >>> 31).toBe(1);
      machine.memory.fill(0n, 64);
    }
  });

  it("keeps spare bus numbers for what is plugged in later", async () => {
    const machine = await Machine.create({ memory, topology: { tree } });
    machine.remove("03:00.0");
    machine.bus.addBridge({ bdf: 0x0300, kind: "upstream-port", secondary: 4, subordinate: 5 });
    machine.bus.addBridge({ bdf: 0x0400, secondary: 5 });
    machine.add({ bdf: "05:00.0", kind: "dma-engine" });
    expect(machine.config.read32(0x0500, 0)).toBe(ENGINE_ID);
  });

  it("can have endpoints of a list, and ARI devices", async () => {
    const below = [
      { ...engineAt("00.0"), ari: true },
      { ...engineAt("01.0"), ari: true },
    ];
    const machine = await Machine.create({
      memory,
      endpoints: [{ bdf: "00:03.0", kind: "dma-engine" }],
      topology: { tree: [{ at: "01.0", kind: "root-port", below }] },
    });
    expect(machine.config.read32(0x0108, 0)).toBe(0xffff_ffff);
    machine.config.write16(0x0008, 0x68, 0x20);
    expect([0x18, 0x100, 0x108].map((bdf) => machine.config.read32(bdf, 0))).toEqual([
      ENGINE_ID,
      ENGINE_ID,
      ENGINE_ID,
    ]);
    expect(machine.endpoint("01:01.0").id).toBe(0x108);
  });

  it("loses everything below a port that is removed, and takes it back", async () => {
    const machine = await Machine.create({ memory, topology: { tree } });
    machine.remove("01:00.0");
    expect(machine.config.read32(0x0300, 0)).toBe(0xffff_ffff);
    expect(() => machine.endpoint("06:00.3")).toThrow("there is no endpoint at 06:00.3");
    machine.run(2);
    machine.add({ bdf: "01:00.0", kind: "dma-engine" });
    expect(machine.config.read32(0x0100, 0)).toBe(ENGINE_ID);
  });
});

describe("a topology as a list of bridges", () => {
  it("may be in any order, and needs no subordinate bus numbers", async () => {
    const bridges = [
      { bdf: "03:00.0", kind: "upstream-port", secondary: 4 },
      { bdf: "00:01.0", secondary: 3 },
      { bdf: "04:02.0", secondary: 9 },
    ] as const;
    const machine = await Machine.create({
      memory,
      endpoints: [{ bdf: "09:00.0", kind: "dma-engine" }],
      topology: { bridges },
    });
    expect(describeBuses(machine)).toEqual([
      "root-port 8: 3-9",
      "upstream-port 300: 4-9",
      "downstream-port 410: 9-9",
    ]);
    expect(machine.config.read32(0x0900, 0)).toBe(ENGINE_ID);
  });
});

describe("a topology that no machine can have", () => {
  const port = { at: "01.0", kind: "root-port" } as const;
  it.each<[string, MachineTopology, string | RegExp]>([
    [
      "a place without function",
      { tree: [engineAt("2")] },
      'at is "2": expected "device.function"',
    ],
    ["a device above 1f", { tree: [engineAt("20.0")] }, 'at is "20.0"'],
    [
      "more buses than there are",
      { tree: [{ ...port, spareBuses: 255 }] },
      "the topology needs bus 256: there are buses 0 to 255",
    ],
    ["half a bus", { tree: [{ ...port, spareBuses: 0.5 }] }, /needs bus 1.5/],
    [
      "a tree and a list",
      { tree: [port], bridges: [{ bdf: 16, secondary: 9 }] },
      "topology has a tree with bridges and a list of bridges: give one of them",
    ],
    [
      "buses that ECAM does not reach",
      { tree: [port], ecam: { base: 0xb000_0000n, lastBus: 0 } },
      "ecam.lastBus is 0: the topology has buses up to 1",
    ],
    [
      "a secondary bus that is not behind",
      { bridges: [{ bdf: "00:01.0", secondary: 0 }] },
      "bridge 00:01.0: secondary is 0, expected a number from 1 to 255",
    ],
    [
      "two bridges to one bus",
      {
        bridges: [
          { bdf: "00:01.0", secondary: 1 },
          { bdf: "00:02.0", secondary: 1 },
        ],
      },
      "two bridges have the secondary bus 1",
    ],
    [
      "a subordinate bus ahead of the secondary one",
      { bridges: [{ bdf: "00:01.0", secondary: 4, subordinate: 3 }] },
      "bridge 00:01.0: subordinate is 3, expected 4 to 255",
    ],
    [
      "buses of one bridge among those of another",
      {
        bridges: [
          { bdf: "00:01.0", secondary: 1, subordinate: 5 },
          { bdf: "00:02.0", secondary: 3 },
        ],
      },
      /00:01.0 leads to buses 1 to 5, and 00:02.0, which is not behind it, to bus 3/,
    ],
  ])("is refused: %s", async (_name, topology, message) => {
    await expect(Machine.create({ memory, topology })).rejects.toThrow(message);
  });
});
