/** The smallest caches that a unit can have. */
export const TINY_CACHES = {
    context: 1,
    pasid: 1,
    iotlb: 1,
    firstStagePaging: 1,
    secondStagePaging: 1,
    interruptEntry: 1,
};
/** Equal for configurations of the same unit. */
export function configurationKey({ name, wishes }) {
    return JSON.stringify([name, sorted(wishes)]);
}
function sorted(value) {
    if (typeof value !== "object" || value === null)
        return value;
    return Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => [name, sorted(member)])
        .sort(([a], [b]) => (a < b ? -1 : 1));
}
