import type { Unit } from "../unit.js";
import { LegacyWorld, ScalableWorld, type World } from "../worlds.js";
import { unqualified, type Row } from "./row.js";

/** RTADDR.TTM: 00 legacy, 01 scalable, 10 reserved, 11 abort-DMA (§11.4.5). */
const SCALABLE = 1n;
const RESERVED = 2n;
const ABORT = 3n;

/** Good scalable tables, and a table mode of one's own. */
function inMode(mode: bigint): (unit: Unit) => World {
  return (unit) => {
    const world = new ScalableWorld(unit, { kind: "first-stage" }).map();
    const rootTableAddress = (world.rootTableAddress & ~0xc00n) | (mode << 10n);
    return { unit, rootTableAddress, setFpd: (place) => world.setFpd(place) };
  };
}

const BLOCKED = {
  U: "UR",
  "U+P": "UR",
  TR: "CA",
  "TR+P": "CA",
  TD: "UR",
  "TD+P": "UR",
} as const;
/** A unit without scalable mode does not know translated requests with PASID. */
const BLOCKED_IN_LEGACY_UNIT = { U: "UR", "U+P": "UR", TR: "CA", "TR+P": "CA", TD: "UR" } as const;
/** Bit 7 of RTADDR. */
const SSIRWE = 1n << 7n;

function legacyWithIoPermissions(unit: Unit): World {
  const world = new LegacyWorld(unit).map();
  const rootTableAddress = world.rootTableAddress | SSIRWE;
  return { unit, rootTableAddress, setFpd: (place) => world.setFpd(place) };
}

const PAGE_REQUESTS = { PR: "IR", "PR+P": "IR" } as const;

export const rootTableAddressRows: readonly Row[] = [
  unqualified(
    ["RTA.1.1", 0x30],
    "abort-DMA mode of a unit without ECAP.ADMS",
    { ...BLOCKED, ...PAGE_REQUESTS },
    inMode(ABORT),
    { unit: { capabilities: { ADMS: 0 } } },
  ),
  unqualified(
    ["RTA.1.2", 0x30],
    "the reserved table mode",
    { ...BLOCKED, ...PAGE_REQUESTS },
    inMode(RESERVED),
  ),
  unqualified(
    ["RTA.1.3", 0x30],
    "scalable mode of a unit without ECAP.SMTS",
    BLOCKED_IN_LEGACY_UNIT,
    (unit) => {
      const world = new LegacyWorld(unit).map();
      const rootTableAddress = world.rootTableAddress | (SCALABLE << 10n);
      return { unit, rootTableAddress, setFpd: (place) => world.setFpd(place) };
    },
    { unit: { preset: "legacy" } },
  ),
  unqualified(
    ["RTA.1.4", 0x30],
    "SSIRWE in legacy mode",
    { U: "UR", TR: "CA", TD: "UR" },
    legacyWithIoPermissions,
  ),
  unqualified(
    ["RTA.2", 0x31],
    "a request with PASID in legacy mode",
    { "U+P": "UR", "TR+P": "UR", "TD+P": "UR" },
    (unit) => new LegacyWorld(unit).map(),
  ),
  unqualified(
    ["RTA.2", 0x31],
    "a request with PASID in legacy mode with SSIRWE",
    { "U+P": "UR", "TR+P": "UR", "TD+P": "UR" },
    legacyWithIoPermissions,
  ),
  unqualified(["RTA.3", 0x32], "a page request in legacy mode", PAGE_REQUESTS, (unit) =>
    new LegacyWorld(unit).map(),
  ),
  unqualified(
    ["RTA.3", 0x32],
    "a page request in legacy mode with SSIRWE",
    PAGE_REQUESTS,
    legacyWithIoPermissions,
  ),
  unqualified(
    ["RTA.4", 0x33],
    "abort-DMA mode",
    { ...BLOCKED, TR: "UR", "TR+P": "UR", ...PAGE_REQUESTS },
    inMode(ABORT),
  ),
  unqualified(
    ["RTA.5", 0x34],
    "a request to execute, from major version 8 on",
    { "U+P": "UR", "TR+P": "UR", "TD+P": "UR" },
    inMode(SCALABLE),
    { unit: { version: 0x80 }, request: { execute: true } },
  ),
];
