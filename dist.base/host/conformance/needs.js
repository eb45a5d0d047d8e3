import { abilities } from "./abilities.js";
export function atLeast(least) {
    return { words: `at least ${least}`, holds: (value) => value >= least };
}
export function atMost(most) {
    return { words: `at most ${most}`, holds: (value) => value <= most };
}
/** All of the bits are set. */
export function withBits(bits) {
    return {
        words: `with the bits 0x${bits.toString(16)}`,
        holds: (value) => (value & bits) === bits,
    };
}
function conditions(needs) {
    return needs.flatMap((need) => {
        if (typeof need !== "string") {
            return Object.entries(need).map(([field, value]) => {
                const { words, holds } = typeof value === "number" ? exactly(value) : value;
                return { field, words: `${field} ${words}`, holds };
            });
        }
        const field = need.replace(/^!/, "");
        if (need !== field)
            return [{ field, words: `no ${field}`, holds: (value) => value === 0 }];
        return [{ field, words: field, holds: (value) => value !== 0 }];
    });
}
function exactly(wanted) {
    return { words: `= ${wanted}`, holds: (value) => value === wanted };
}
/** Names of the capability fields that a case asks for, in its needs and in its wishes. */
export function capabilitiesOf({ needs, with: wishes }) {
    const needed = conditions(needs?.capabilities ?? []).map(({ field }) => field);
    return [...new Set([...needed, ...Object.keys(wishes?.capabilities ?? {})])];
}
/** What of the needs a unit lacks, as a sentence; undefined if it has everything. */
export function lacking(needs, values, able) {
    for (const { field, words, holds } of conditions(needs.capabilities ?? [])) {
        const value = values[field];
        if (value === undefined)
            return `needs ${words}, and no register has a field ${field}`;
        if (!holds(value))
            return `needs ${words}; the unit reports ${field} = ${value}`;
    }
    const missing = (needs.abilities ?? []).find((ability) => !able.has(ability));
    return missing && `needs a target that ${abilities[missing]}`;
}
/** All of these needs together. */
export function joined(...needs) {
    return {
        capabilities: needs.flatMap(({ capabilities = [] }) => capabilities),
        abilities: [...new Set(needs.flatMap((each) => each.abilities ?? []))],
    };
}
