import { type Ability } from "./abilities.js";
import type { CaseNeeds, ConformanceCase } from "./case.js";
/** A condition on the value of a capability field, in words. */
export interface ValueNeed {
    readonly words: string;
    readonly holds: (value: number) => boolean;
}
/** A field that is not 0, "!" and one that is 0, or conditions by field. */
export type CapabilityNeed = string | Readonly<Record<string, number | ValueNeed>>;
export declare function atLeast(least: number): ValueNeed;
export declare function atMost(most: number): ValueNeed;
/** All of the bits are set. */
export declare function withBits(bits: number): ValueNeed;
/** Names of the capability fields that a case asks for, in its needs and in its wishes. */
export declare function capabilitiesOf({ needs, with: wishes }: ConformanceCase): string[];
/** What of the needs a unit lacks, as a sentence; undefined if it has everything. */
export declare function lacking(needs: CaseNeeds, values: Readonly<Record<string, number>>, able: ReadonlySet<Ability>): string | undefined;
/** All of these needs together. */
export declare function joined(...needs: readonly CaseNeeds[]): CaseNeeds;
