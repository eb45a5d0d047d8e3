import type { Access, AccessRole } from "../kernel/index.js";
/** What a step touches, by numbers of objects: what one run learns of a step holds in the next. */
export interface Touch {
    readonly object: number;
    readonly writes: boolean;
    readonly role: AccessRole | undefined;
}
export type Footprint = readonly Touch[];
/** The accesses of a step, one for each object. */
export declare function footprintOf(accesses: readonly Access[]): Footprint;
/** Whether the order of two steps can matter. */
export declare function conflict(a: Footprint, b: Footprint): boolean;
/** Whether two steps that conflict can be ready at the same time: not a release and who waits for it. */
export declare function compete(earlier: Footprint, later: Footprint): boolean;
