import type { Access, AccessRole } from "../kernel/index.js";

/** What a step touches, by numbers of objects: what one run learns of a step holds in the next. */
export interface Touch {
  readonly object: number;
  readonly writes: boolean;
  readonly role: AccessRole | undefined;
}

export type Footprint = readonly Touch[];

/** The accesses of a step, one for each object. */
export function footprintOf(accesses: readonly Access[]): Footprint {
  const touches: Touch[] = [];
  for (const { object, kind, role } of accesses) {
    const { number } = object;
    const writes = kind === "write";
    const at = placeOf(touches, number);
    if (at < 0) touches.push({ object: number, writes, role });
    else if (writes && !touches[at]!.writes) touches[at] = { object: number, writes, role };
  }
  return touches;
}

function placeOf(touches: Footprint, object: number): number {
  for (let at = 0; at < touches.length; at++) {
    if (touches[at]!.object === object) return at;
  }
  return -1;
}

/** Whether the order of two steps can matter. */
export function conflict(a: Footprint, b: Footprint): boolean {
  for (const x of a) {
    for (const y of b) {
      if (x.object === y.object && (x.writes || y.writes)) return true;
    }
  }
  return false;
}

/** Whether two steps that conflict can be ready at the same time: not a release and who waits for it. */
export function compete(earlier: Footprint, later: Footprint): boolean {
  for (const x of earlier) {
    for (const y of later) {
      if (x.object !== y.object || !(x.writes || y.writes)) continue;
      if (!(x.role === "release" && y.role === "acquire")) return true;
    }
  }
  return false;
}
