import { beforeAll, describe, expect, it } from "vitest";

import { SnapshotError } from "../../host/core/snapshot-error.js";
import { eduRegisters } from "../../host/devices/index.js";
import { Machine } from "../../host/machine.js";
import type { MachineOptions } from "../../host/machine/options.js";
import { GuestMemory } from "../../host/memory/guest-memory.js";
import { probeModel } from "../pci/probe.js";

const EDU = 0x18;
const options = (changed: Partial<MachineOptions> = {}): MachineOptions => ({
  memory: { size: 2 ** 20 },
  units: [{}],
  endpoints: [
    { bdf: 0x10, kind: "dma-engine" },
    { bdf: EDU, kind: "edu" },
  ],
  ...changed,
});
const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;
let machine: Machine;
let snapshot: Uint8Array;

/** edu computes 5!, its pin is asserted, an interrupt is pending, memory is written and poisoned. */
beforeAll(async () => {
  machine = await Machine.create(options());
  const { bus, config, memory } = machine;
  config.write16(EDU, 4, 6);
  const bar = BigInt(config.read32(EDU, 0x10));
  bus.write32(bar + BigInt(eduRegisters.reg.interruptRaise), 2);
  bus.write32(bar + BigInt(eduRegisters.reg.factorial), 5);
  machine.run(2);
  bus.deliverInterrupt({ address: 0xfee0_0000n, data: 7 });
  memory.write64(0x8008n, 0x1234n);
  memory.poison(0x9000n, 8, { writes: false });
  config.portWrite(0xcf8, 4, 0x8000_1810);
  snapshot = machine.snapshot();
});

const factorial = (of: Machine) => of.bus.read32(BigInt(of.config.read32(EDU, 0x10)) + 8n);

describe("a snapshot of a machine", () => {
  it("takes everything along: devices, base addresses, pins, pending interrupts, memory, poison", async () => {
    const restored = await Machine.restore(snapshot, options());
    expect(restored.memory.read64(0x8008n)).toBe(0x1234n);
    expect(restored.memory.read64(0x9000n)).toBeUndefined();
    expect(restored.memory.write64(0x9000n, 1n)).toBe(true);
    expect(restored.interrupts.pending).toEqual([{ address: 0xfee0_0000n, data: 7 }]);
    expect(restored.config.portRead(0xcfc, 4)).toBe(machine.config.read32(EDU, 0x10));
    restored.run(2);
    expect(factorial(restored)).toBe(5);
    restored.run(1);
    expect(factorial(restored)).toBe(120);
    const pins: boolean[] = [];
    restored.bus.on("interruptPin", ({ asserted }) => pins.push(asserted));
    const bar = BigInt(restored.config.read32(EDU, 0x10));
    restored.bus.write32(bar + BigInt(eduRegisters.reg.interruptAcknowledge), 2);
    expect(pins).toEqual([false]);
  });

  it("is restored in place without telling listeners", async () => {
    const other = await Machine.create(options());
    const told: unknown[] = [];
    other.bus.on("interruptPin", (change) => told.push(change));
    other.interrupts.on((message) => told.push(message));
    other.memory.write64(0x4000n, 1n);
    other.restoreState(snapshot);
    expect(told).toEqual([]);
    expect(other.memory.read64(0x4000n)).toBe(0n);
    expect(same(other.snapshot(), snapshot)).toBe(true);
  });

  it("without memory leaves that of the machine alone", async () => {
    const slim = machine.snapshot({ memory: false });
    expect(slim.length).toBeLessThan(snapshot.length);
    const memory = GuestMemory.create({ size: 2 ** 20 });
    memory.write64(0x8008n, 0x5678n);
    const restored = await Machine.restore(slim, options({ memory }));
    expect(memory.read64(0x8008n)).toBe(0x5678n);
    expect(factorial(restored)).toBe(5);
  });
});

describe("SnapshotError", () => {
  it.each<[string, Partial<MachineOptions>, RegExp]>([
    ["RAM", { memory: { size: 2 ** 21 } }, /other RAM/],
    ["units", { units: [] }, /other remapping units/],
    ["options of a unit", { units: [{ preset: "legacy" }] }, /other capabilities/],
    ["fewer functions", { endpoints: [{ bdf: EDU, kind: "edu" }] }, /has a function at 2\.0/],
    [
      "more functions",
      { endpoints: [...options().endpoints!, { bdf: 0x20, kind: "edu" }] },
      /a function at 4\.0, and the snapshot has none/,
    ],
    [
      "another device",
      {
        endpoints: [
          { bdf: 0x10, kind: "dma-engine", options: { queues: 2 } },
          { bdf: EDU, kind: "edu" },
        ],
      },
      /at 2\.0 dma-engine with 4 queues, .*, and here is dma-engine with 2 queues/,
    ],
    [
      "another configuration space",
      {
        endpoints: [
          { bdf: 0x10, kind: "dma-engine", options: { pageRequestCapacity: 8 } },
          { bdf: EDU, kind: "edu" },
        ],
      },
      /the function at 2\.0 has another configuration space/,
    ],
  ])("refuses a machine with other %s, and changes nothing", async (_name, changed, message) => {
    const other = await Machine.create(options(changed));
    const before = other.snapshot();
    const restore = () => {
      other.restoreState(snapshot);
    };
    expect(restore).toThrow(SnapshotError);
    expect(restore).toThrow(message);
    expect(same(other.snapshot(), before)).toBe(true);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
    ["nothing", () => new Uint8Array(), "this is no snapshot of a machine"],
    ["a unit's", () => machine.units[0]!.snapshot(), "this is no snapshot of a machine"],
    ["a part", (bytes) => bytes.slice(0, -8), "bytes, its header says"],
    [
      "another version",
      (bytes) => bytes.with(8, 99),
      "the snapshot of a machine has version 99, expected 1: take it anew",
    ],
    ["a damaged one", (bytes) => bytes.with(40, 0x7e), "is damaged: its checksum is another"],
  ])("refuses %s", (_name, spoil, message) => {
    expect(() => {
      machine.restoreState(spoil(snapshot));
    }).toThrow(message);
  });

  it("is what a listener gets, because devices are in the middle of something", async () => {
    const other = await Machine.create(options());
    const thrown: unknown[] = [];
    other.bus.on("interrupt", () => {
      for (const attempt of [
        () => other.snapshot(),
        () => {
          other.restoreState(snapshot);
        },
      ]) {
        try {
          attempt();
        } catch (error) {
          thrown.push(error);
        }
      }
    });
    other.bus.deliverInterrupt({ address: 0xfee0_0000n, data: 1 });
    const error = new SnapshotError("a listener is running: wait until the call has returned");
    expect(thrown).toEqual([error, error]);
  });

  it("names a device that has no snapshots", async () => {
    const other = await Machine.create(options());
    other.bus.addEndpoint({ bdf: 0x28, model: probeModel([]) });
    expect(() => other.snapshot()).toThrow(
      "the device at 5.0 has no snapshots: give it shape, snapshot() and restore()",
    );
  });
});
