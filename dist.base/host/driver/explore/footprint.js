/** The accesses of a step, one for each object. */
export function footprintOf(accesses) {
    const touches = [];
    for (const { object, kind, role } of accesses) {
        const writes = kind === "write";
        const at = touches.findIndex((touch) => touch.object === object.number);
        if (at < 0)
            touches.push({ object: object.number, writes, role });
        else if (writes && !touches[at].writes)
            touches[at] = { object: object.number, writes, role };
    }
    return touches;
}
/** Whether the order of two steps can matter. */
export function conflict(a, b) {
    return a.some((x) => b.some((y) => x.object === y.object && (x.writes || y.writes)));
}
/** Whether two steps that conflict can be ready at the same time: not a release and who waits for it. */
export function compete(earlier, later) {
    return earlier.some((x) => later.some((y) => x.object === y.object &&
        (x.writes || y.writes) &&
        !(x.role === "release" && y.role === "acquire")));
}
