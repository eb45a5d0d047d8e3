/** A routine of one step. */
export function* perform(step) {
    return (yield step);
}
