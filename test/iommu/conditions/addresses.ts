import { INPUT, LegacyWorld } from "../worlds.js";
import { qualified, unqualified, WALK_S0, type Row } from "./row.js";
import { scalable } from "./scalable.js";

const INTERRUPT_PAGE = 0xfee0_1000n;
const BEYOND_HOST = 1n << 46n;
const WALKS = ["first-stage", "second-stage", "nested"] as const;

const hostWidth: readonly Row[] = [
  qualified(
    ["SGN.4.1", 0x83],
    "a translated address beyond the host address width",
    { TD: "UR", "TD+P": "UR" },
    scalable("first-stage", undefined, { context: { eptr: true } }),
    { request: { address: BEYOND_HOST } },
  ),
  qualified(
    ["SGN.4.2", 0x83],
    "a pass-through address beyond the host address width",
    WALK_S0,
    scalable("pass-through"),
    { request: { address: BEYOND_HOST } },
  ),
];

const outputs: readonly Row[] = [
  ...WALKS.flatMap((kind) => [
    qualified(
      ["SGN.8.1", 0x87],
      `the output of a ${kind} translation lies in the interrupt address range`,
      { U: "UR", "U+P": "UR" },
      scalable(kind, undefined, {}, { output: INTERRUPT_PAGE }),
    ),
    qualified(
      ["SGN.8.2", 0x87],
      `a ${kind} translation asked for lies in the interrupt address range`,
      { TR: "CA", "TR+P": "CA" },
      scalable(kind, undefined, {}, { output: INTERRUPT_PAGE }),
    ),
    qualified(
      ["SGN.8.2", 0x87],
      `a ${kind} translation of a 1 GiB page asked for overlaps the interrupt address range`,
      { TR: "CA", "TR+P": "CA" },
      scalable(kind, undefined, {}, { size: 0x4000_0000, output: 0xc000_0000n }),
      { request: { address: (INPUT / 0x4000_0000n) * 0x4000_0000n } },
    ),
  ]),
  qualified(
    ["SGN.8.1", 0x87],
    "a pass-through address with PASID in the interrupt address range",
    { "U+P": "UR" },
    scalable("pass-through"),
    { request: { address: INTERRUPT_PAGE } },
  ),
  qualified(
    ["SGN.8.3", 0x87],
    "a translated address in the interrupt address range",
    { TD: "UR", "TD+P": "UR" },
    scalable("first-stage", undefined, { context: { eptr: true } }),
    { request: { address: INTERRUPT_PAGE } },
  ),
];

const noInterrupts = (
  [
    ["read", 4, 0n],
    ["write", 8, 0n],
    ["write", 4, 2n],
    ["write", 2, 0n],
    ["atomic", 4, 0n],
  ] as const
).flatMap(([access, size, offset]) => {
  const title = `${access} of ${size} bytes at byte ${offset} of the interrupt address range`;
  const request = { access, size, address: INTERRUPT_PAGE + offset };
  return [
    unqualified(["IR.29", 0x29], title, { U: "UR" }, scalable("second-stage"), { request }),
    unqualified(
      ["IR.29", 0x29],
      `legacy mode: ${title}`,
      { U: "UR" },
      (unit) => new LegacyWorld(unit),
      { request },
    ),
  ];
});

export const addressRows: readonly Row[] = [...hostWidth, ...outputs, ...noInterrupts];
