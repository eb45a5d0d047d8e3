import { formatBdf, splitBdf } from "../pci/topology.js";
import { formatSourceId, parseSourceId } from "../spec/source-id.js";
export function pathTo(target) {
    const path = [];
    for (let at = target; at; at = at.parent)
        path.unshift(at.slot);
    return path;
}
/**
 * The path to a place by the bus numbers of now; nothing need be plugged in there.
 * @throws RangeError if no bridge leads to its bus, or for an extended function, which tables name by
 * function 0 of its device (§8.3.2).
 */
export function pathToPlace(topology, place) {
    const bdf = parseSourceId(place);
    const { bus, slot } = splitBdf(bdf);
    if (bus === 0)
        return [slot];
    const parent = topology.bridgeOf(bus);
    if (parent === undefined) {
        throw new RangeError(`no bridge leads to bus ${bus}, needed for ${formatBdf(bdf)}`);
    }
    if (parent.below === "link" && slot.device !== 0) {
        throw new RangeError(`${formatBdf(bdf)} goes with ${formatBdf(bus << 8)}: name that one (§8.3.2)`);
    }
    return [...pathTo(parent), slot];
}
/**
 * The scopes of all units, in their order.
 * @throws RangeError if one is empty, two overlap, or a unit behind one that covers "all" is given.
 */
export function resolveScopes(topology, given) {
    if (given.slice(0, -1).includes("all")) {
        throw new RangeError('only the last unit may cover "all": list functions for the others');
    }
    const scopes = given.map((scope, unit) => {
        if (scope === "all")
            return scope;
        if (scope.length === 0) {
            throw new RangeError(`unit ${unit} covers nothing: list functions in its scope, or say "all"`);
        }
        return scope.map((place) => pathToPlace(topology, place));
    });
    given.forEach((scope, unit) => {
        if (scope === "all")
            return;
        scope.forEach((place, index) => {
            const path = scopes[unit][index];
            const other = scopes.findIndex((each, at) => at !== unit && each !== "all" && each.some((its) => isWithin(path, its)));
            if (other >= 0) {
                const name = formatSourceId(place);
                throw new RangeError(`${name} is in the scopes of units ${unit} and ${other} (§3.3)`);
            }
        });
    });
    return scopes;
}
/** True if a unit that is asked in its turn covers a function. */
export function isInScope(scope, target) {
    if (scope === "all")
        return true;
    const path = traditionalPath(target);
    return scope.some((its) => isWithin(path, its));
}
/** §8.3.2: extended functions of a device belong to the unit of its traditional ones. */
function traditionalPath(target) {
    const path = pathTo(target);
    const extended = target.parent?.below === "link" && target.slot.device !== 0;
    return extended ? [...path.slice(0, -1), { device: 0, function: 0 }] : path;
}
export function isSamePath(one, other) {
    return one.length === other.length && isWithin(one, other);
}
/** True if a path is another one, or leads through it. */
export function isWithin(path, outer) {
    return (outer.length <= path.length &&
        outer.every(({ device, function: fn }, at) => {
            const step = path[at];
            return step.device === device && step.function === fn;
        }));
}
