import { casesOf } from "../../case.js";
import { casesOfScene, IOVA, type Scene } from "./scene.js";

const INTERRUPT_RANGE = 0xfee0_1000n;
const walked = ["first-stage", "second-stage", "nested"] as const;

const addresses: readonly Scene[] = [
  {
    id: "sgn1-not-canonical",
    condition: "SGN.1",
    when: "its address is the first that is not canonical for 4 levels",
    kind: "first-stage",
    request: () => ({ address: 1n << 47n }),
  },
  {
    id: "sgn1-not-canonical-five-levels",
    condition: "SGN.1",
    when: "its address is the first that is not canonical for 5 levels",
    kind: "first-stage",
    options: { firstLevels: 5 },
    needs: { capabilities: ["FS5LP"] },
    request: () => ({ address: 1n << 56n }),
  },
  {
    id: "sgn1-not-canonical-nested",
    condition: "SGN.1",
    when: "its address is not canonical and the first stage is nested",
    kind: "nested",
    request: () => ({ address: 0xffff_7fff_ffff_f000n }),
  },
  {
    id: "sgn41-beyond-host-width",
    condition: "SGN.4.1",
    when: "its address is the first beyond the host address width",
    kind: "pass-through",
    request: (bench) => ({ address: 1n << BigInt(bench.hostAddressWidth) }),
  },
  {
    id: "sgn42-pass-through-beyond-host-width",
    condition: "SGN.4.2",
    when: "it passes through and its address is beyond the host address width",
    kind: "pass-through",
    request: (bench) => ({ address: 1n << BigInt(bench.hostAddressWidth) }),
  },
  {
    id: "sgn5-beyond-guest-width",
    condition: "SGN.5",
    when: "its address is the first beyond MGAW and AW",
    kind: "second-stage",
    request: (bench, world) => {
      const width = Math.min(bench.value("MGAW") + 1, 12 + 9 * world.second.levels);
      return { address: 1n << BigInt(width) };
    },
  },
];

const rights: readonly Scene[] = [
  {
    id: "sgn2-supervisor-page",
    condition: "SGN.2",
    when: "U/S of the first-stage entry is clear and it has user privilege",
    kind: "first-stage",
    spoil: (world) => void world.leaf(IOVA).set({ US: 0 }),
  },
  {
    id: "sgn2-supervisor-page-nested",
    condition: "SGN.2",
    when: "U/S of a nested first-stage entry is clear and it has user privilege",
    kind: "nested",
    spoil: (world) => void world.first.entry(IOVA, 3).set({ US: 0 }),
  },
  {
    id: "sgn6-not-writable-first-stage",
    condition: "SGN.6",
    when: "it is a write and R/W of the first-stage entry is clear",
    kind: "first-stage",
    spoil: (world) => void world.leaf(IOVA).set({ RW: 0 }),
    request: () => ({ access: "write" }),
  },
  {
    id: "sgn6-not-writable-second-stage",
    condition: "SGN.6",
    when: "it is a write and W of the second-stage entry is clear",
    kind: "second-stage",
    spoil: (world) => void world.leaf(IOVA).set({ W: 0 }),
    request: () => ({ access: "write" }),
  },
  {
    id: "sgn6-not-writable-nested-first-stage",
    condition: "SGN.6",
    when: "it is a write and R/W of the nested first-stage entry is clear",
    kind: "nested",
    spoil: (world) => void world.leaf(IOVA).set({ RW: 0 }),
    request: () => ({ access: "write" }),
  },
  {
    id: "sgn6-not-writable-nested-second-stage",
    condition: "SGN.6",
    when: "it is a write and the second stage makes the nested page read-only",
    kind: "nested",
    spoil: (world) => {
      const page = world.first.lookup(IOVA)!.physical;
      world.second.entry(page, 1).set({ W: 0 });
    },
    request: () => ({ access: "write" }),
  },
  {
    id: "sgn7-not-readable-second-stage",
    condition: "SGN.7",
    when: "it is a read and R of the second-stage entry is clear",
    kind: "second-stage",
    spoil: (world) => void world.leaf(IOVA).set({ R: 0 }),
  },
  {
    id: "sgn7-not-readable-nested",
    condition: "SGN.7",
    when: "it is a read and the second stage makes the nested page write-only",
    kind: "nested",
    spoil: (world) => {
      const page = world.first.lookup(IOVA)!.physical;
      world.second.entry(page, 1).set({ R: 0 });
    },
  },
];

/** SGN.8.1 is that of untranslated requests, SGN.8.2 that of translation requests. */
const outputs = walked.flatMap((kind) =>
  (["SGN.8.1", "SGN.8.2"] as const).map((condition): Scene => {
    const number = condition === "SGN.8.1" ? "sgn81" : "sgn82";
    return {
      id: `${number}-output-interrupt-range-${kind}`,
      condition,
      when: `${kind} translation gives an address in the interrupt address range`,
      kind,
      spoil(world) {
        if (kind !== "nested") return void world.leaf(IOVA).set({ ADDR: INTERRUPT_RANGE });
        const page = world.first.lookup(IOVA)!.physical;
        world.second.entry(page, 1).set({ ADDR: INTERRUPT_RANGE });
      },
      request: () => ({ address: IOVA }),
    };
  }),
);

const interruptRange: readonly Scene[] = [
  {
    id: "sgn81-pass-through-interrupt-range",
    condition: "SGN.8.1",
    when: "it passes through with an address in the interrupt address range",
    kind: "pass-through",
    // Without PASID it is no DMA that passes through (§3.15).
    pasidOnly: true,
    request: () => ({ address: INTERRUPT_RANGE }),
  },
  {
    id: "sgn83-translated-interrupt-range",
    condition: "SGN.8.3",
    when: "its address lies in the interrupt address range",
    kind: "pass-through",
    request: () => ({ address: INTERRUPT_RANGE }),
  },
];

export const table30General = casesOf(
  "7.1.3",
  [...addresses, ...rights, ...outputs, ...interruptRange].flatMap(casesOfScene),
);
