import type { Bench } from "../../bench/bench.js";
import type { World } from "../../bench/world.js";
import { casesOf } from "../../case.js";
import { atLeast, atMost } from "../../needs.js";
import { casesOfScene, type Scene } from "./scene.js";

const TTM_SHIFT = 10n;
const SSIRWE = 0x80n;

/** Enables translation without invalidations: after a reset there is nothing in a cache. */
async function enable(bench: Bench, rootTableAddress: bigint): Promise<void> {
  await bench.commands.setRoot(rootTableAddress);
  await bench.commands.command("TE");
}

function inMode(mode: bigint): (world: World, bench: Bench) => Promise<void> {
  return (world, bench) => {
    const root = world.rootTableAddress & ~(3n << TTM_SHIFT);
    return enable(bench, root | (mode << TTM_SHIFT));
  };
}

/** The Root Table Address Register decides before any table is looked at: there is no FPD. */
const scenes: readonly Omit<Scene, "fpd">[] = [
  {
    id: "rta11-abort-mode-unsupported",
    condition: "RTA.1.1",
    when: "TTM is 11b in a unit without abort-DMA mode",
    kind: "legacy",
    with: { capabilities: { ADMS: 0 } },
    start: inMode(3n),
  },
  {
    id: "rta12-mode-reserved",
    condition: "RTA.1.2",
    when: "TTM is 10b",
    kind: "legacy",
    start: inMode(2n),
  },
  {
    id: "rta13-scalable-mode-unsupported",
    condition: "RTA.1.3",
    when: "TTM is 01b in a unit without scalable mode",
    kind: "legacy",
    needs: { capabilities: ["!SMTS"] },
    ridOnly: true,
    start: inMode(1n),
  },
  {
    id: "rta14-io-permissions-in-legacy-mode",
    condition: "RTA.1.4",
    when: "SSIRWE is set in legacy mode",
    kind: "legacy",
    needs: { capabilities: ["SSIRWS"] },
    start: (world, bench) => enable(bench, world.rootTableAddress | SSIRWE),
  },
  {
    id: "rta2-pasid-in-legacy-mode",
    condition: "RTA.2",
    when: "it has a PASID in legacy mode",
    kind: "legacy",
    pasidOnly: true,
  },
  {
    id: "rta3-page-request-in-legacy-mode",
    condition: "RTA.3",
    when: "translation is in legacy mode",
    kind: "legacy",
  },
  {
    id: "rta4-abort-mode",
    condition: "RTA.4",
    when: "translation is in abort-DMA mode",
    kind: "legacy",
    needs: { capabilities: ["ADMS"] },
    start: inMode(3n),
  },
  {
    id: "rta5-execute-requested",
    condition: "RTA.5",
    when: "it asks to execute",
    kind: "pass-through",
    needs: { capabilities: [{ MAJOR: atLeast(8) }], abilities: ["execute"] },
    with: { version: 0x80 },
    pasidOnly: true,
    request: () => ({ execute: true }),
  },
  {
    id: "spt5-execute-requested",
    condition: "SPT.5",
    when: "it asks to execute in a unit before major version 8",
    kind: "pass-through",
    needs: { capabilities: [{ MAJOR: atMost(7) }, "!ERS"], abilities: ["execute"] },
    pasidOnly: true,
    request: () => ({ execute: true }),
  },
];

export const table30Mode = casesOf(
  "7.1.3",
  scenes
    .flatMap((scene) => {
      return casesOfScene({ ...scene, ...(scene.condition !== "SPT.5" && { fpd: false }) });
    })
    // Without scalable mode there are no page requests.
    .filter(({ id }) => id !== "rta13-scalable-mode-unsupported-page-request"),
);
