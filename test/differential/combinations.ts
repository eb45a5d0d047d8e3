import fc from "fast-check";
import {
  CapabilityError,
  resolveCapabilities,
  type CapabilityOptions,
} from "../../host/core/capabilities.js";
import type { CacheSizes } from "../../host/core/configuration.js";
import { prerequisiteRules } from "../../host/spec/capability-rules.js";
import { rarely } from "./world.js";
import { presetNames, presets } from "../../host/spec/presets.js";

/** What a unit is created with. */
export interface Combination extends CapabilityOptions {
  readonly capabilities: Readonly<Record<string, number>>;
  /** Entries of every cache; undefined for the default sizes. */
  readonly cacheEntries: number | undefined;
}

const FIELDS: Readonly<Record<string, readonly number[]>> = {
  ADMS: [0, 1],
  DIT: [0, 1],
  DT: [0, 1],
  EAFS: [0, 1],
  ESRTPS: [0, 1],
  FS1GP: [0, 1],
  FS5LP: [0, 1],
  FSTS: [0, 1],
  MAMV: [18, 20, 63],
  ND: [4, 5, 6],
  NEST: [0, 1],
  NFR: [0, 1, 3, 7],
  NWFS: [0, 1],
  PASID: [0, 1],
  PDS: [0, 1],
  PRS: [0, 1],
  PSI: [0, 1],
  PSS: [6, 9, 19],
  PT: [0, 1],
  RPRIVS: [0, 1],
  RPS: [0, 1],
  SAGAW: [2, 4, 6, 8, 12, 14],
  SC: [0, 1],
  SMPWCS: [0, 1],
  SMS: [0, 1],
  SRS: [0, 1],
  SSADS: [0, 1],
  SSLPS: [0, 1, 3],
  SSTS: [0, 1],
  ZLR: [0, 1],
  CM: [0, 0, 1],
  PHMR: [0, 1],
  PLMR: [0, 1],
  RWBF: [0, 1],
  // Refused where the unit does not build them: such combinations are not drawn.
  EIM: [0, 1],
  EIMER: [0, 1],
  ESIRTPS: [0, 1],
  IR: [0, 1],
  IRREQ: [0, 1],
  MHMV: [0, 4, 15],
  PI: [0, 1],
  PTRS: [0, 1],
  SSIRWS: [0, 1],
};

const change = fc
  .constantFrom(...Object.keys(FIELDS))
  .chain((name) => fc.constantFrom(...FIELDS[name]!.map((value) => [name, value] as const)));

const draw = fc.record({
  preset: fc.oneof(
    fc.constant("full" as const),
    fc.constant("full" as const),
    fc.constantFrom(...presetNames),
  ),
  version: rarely(fc.constantFrom(0x10, 0x20, 0x40, 0x60, 0x61, 0x80)),
  hostAddressWidth: rarely(fc.constantFrom(39, 42, 46, 52)),
  changes: fc.array(change, { maxLength: 8 }),
  cacheEntries: fc.constantFrom(undefined, 1, 4),
});

/** Clears what cannot stand without something that was cleared (§11.4.2, §11.4.3). */
function withPrerequisites(values: Readonly<Record<string, number>>): Record<string, number> {
  const result = { ...values };
  const on = (name: string) => (result[name] ?? 0) !== 0;
  const broken = () =>
    prerequisiteRules.find(({ capability, needs }) => on(capability) && !needs.every(on));
  for (let rule = broken(); rule !== undefined; rule = broken()) result[rule.capability] = 0;
  return result;
}

function isLegal(combination: Combination): boolean {
  try {
    resolveCapabilities(combination);
    return true;
  } catch (error) {
    if (error instanceof CapabilityError) return false;
    throw error;
  }
}

/**
 * `count` legal combinations; the same ones for the same seed. The first two are the preset "full" with
 * caches of the default size and of one entry: what a failing draw is shrunk to.
 */
export function combinations(seed: number, count: number): readonly Combination[] {
  const plain = { preset: "full", capabilities: {} } as const;
  const found: Combination[] = [
    { ...plain, cacheEntries: undefined },
    { ...plain, cacheEntries: 1 },
  ];
  for (let round = 0; found.length < count; round++) {
    for (const drawn of fc.sample(draw, { seed: seed + round, numRuns: count })) {
      const { preset, changes, cacheEntries } = drawn;
      const base = presets[preset].capabilities;
      const wanted = withPrerequisites({ ...base, ...Object.fromEntries(changes) });
      const combination = {
        preset,
        capabilities: Object.fromEntries(
          Object.entries(wanted).filter(([name, value]) => value !== (base[name] ?? 0)),
        ),
        cacheEntries,
        ...(drawn.version === null ? {} : { version: drawn.version }),
        ...(drawn.hostAddressWidth === null ? {} : { hostAddressWidth: drawn.hostAddressWidth }),
      };
      if (isLegal(combination)) found.push(combination);
    }
  }
  return found.slice(0, count);
}

export function cacheSizes({ cacheEntries: entries }: Combination): CacheSizes {
  if (entries === undefined) return {};
  return {
    context: entries,
    pasid: entries,
    interruptEntry: entries,
    iotlb: entries,
    firstStagePaging: entries,
    secondStagePaging: entries,
  };
}
