import type { CapabilityOptions } from "../core/capabilities.js";
import type { CacheSizes } from "../core/configuration.js";

/** What a case asks of a target whose unit can be chosen. */
export interface UnitWishes extends Omit<CapabilityOptions, "preset"> {
  /** Entries of each cache; a target without such a choice keeps its own. */
  readonly caches?: CacheSizes;
  /** Keep one pending fault record for each source-id (§7.2.1); likewise. */
  readonly faultCollapse?: boolean;
  /** Ticks until a device-TLB invalidation times out; likewise. */
  readonly invalidationTimeout?: number;
}

/** The smallest caches that a unit can have. */
export const TINY_CACHES: Required<CacheSizes> = {
  context: 1,
  pasid: 1,
  iotlb: 1,
  firstStagePaging: 1,
  secondStagePaging: 1,
  interruptEntry: 1,
};

/** The unit that a session is opened with: a set of capabilities by its name, and changes of it. */
export interface Configuration {
  /** A preset, or the name of one of a target's own configurations. */
  readonly name: string;
  /** Empty for a target with configurations of its own. */
  readonly wishes: UnitWishes;
}

/** Equal for configurations of the same unit. */
export function configurationKey({ name, wishes }: Configuration): string {
  return JSON.stringify([name, sorted(wishes)]);
}

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => [name, sorted(member)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
