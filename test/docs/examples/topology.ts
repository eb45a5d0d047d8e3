// #region topology
import { Machine } from "viommu";
import { formatSourceId } from "viommu/tables";

const machine = await Machine.create({
  memory: { size: 16 * 2 ** 20 },
  units: [{ scope: ["00:1c.0"] }, {}], // the first root port with all below; the rest
  topology: {
    tree: [
      { at: "02.0", kind: "edu" },
      {
        at: "1c.0",
        kind: "root-port",
        below: [
          {
            at: "00.0",
            kind: "upstream-port", // a switch
            below: [
              { at: "00.0", kind: "downstream-port", below: [{ at: "00.0", kind: "dma-engine" }] },
              { at: "01.0", kind: "downstream-port" },
            ],
          },
        ],
      },
      {
        at: "1c.1",
        kind: "root-port",
        below: [
          { at: "00.0", kind: "pcie-to-pci-bridge", below: [{ at: "04.0", kind: "dma-engine" }] },
        ],
      },
    ],
  },
});
const { bus, config, memory, units } = machine;
for (const { id, secondary, subordinate } of bus.topology.bridges()) {
  console.log(formatSourceId(id), secondary, subordinate);
}
// => "00:1c.0", 1, 4
// => "01:00.0", 2, 4
// => "02:00.0", 3, 3
// => "02:01.0", 4, 4
// => "00:1c.1", 5, 6
// => "05:00.0", 6, 6
// #endregion

// #region requesters
units.forEach((unit, number) => {
  unit.on("fault", ({ sourceId }) => console.log(number, formatSourceId(sourceId)));
  unit.write64(0x20, 0x1000n | (1n << 10n)); // a scalable-mode root table without an entry
  unit.write32(0x18, 1 << 30);
  unit.write32(0x18, 1 << 31);
});
for (const { id } of bus.topology.endpoints().slice(1)) {
  config.write16(id, 0x04, 6); // decode memory, master the bus
  const bar = BigInt(config.read32(id, 0x10));
  bus.write32(bar + 0x100cn, 2); // queue 0: RING_SIZE (4 descriptors), ENABLE
  bus.write32(bar + 0x1000n, 1);
  bus.write32(bar + 0x101cn, 1); // TAIL: the engine fetches a descriptor
  machine.settle();
}
// => 0, "03:00.0"
// => 1, "06:00.0"
// #endregion

// #region dmar
const rsdp = machine.writeAcpi({ at: 0xe_0000n });
console.log(String.fromCharCode(...memory.readBytes(rsdp, 7))); // => "RSD PTR"
console.log(machine.memoryMap().find(({ kind }) => kind === "reserved"));
// => { start: 0xb000_0000n, size: 0x1000_0000n, kind: "reserved" }
// #endregion
