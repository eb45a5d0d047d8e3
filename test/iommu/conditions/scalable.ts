import type { Unit } from "../unit.js";
import { ScalableWorld, type Kind, type Mapping, type ScalableOptions } from "../worlds.js";

/** A complete scalable world that `spoil` then damages. */
export function scalable(
  kind: Kind,
  spoil: (world: ScalableWorld) => void = () => {},
  options: Omit<ScalableOptions, "kind"> = {},
  mapping?: Mapping,
): (unit: Unit) => ScalableWorld {
  return (unit) => {
    const world = new ScalableWorld(unit, { kind, ...options }).map(mapping);
    spoil(world);
    return world;
  };
}

/** Reads of the word fail. */
export function poisonReads({ unit }: ScalableWorld, address: bigint): void {
  unit.memory.poison(address, 8, { writes: false });
}

/** Writes of the word fail, and with them the update of its flags. */
export function poisonWrites({ unit }: ScalableWorld, address: bigint): void {
  unit.memory.poison(address, 8, { reads: false });
}
