/** RAM without what is reserved in it, and all that is reserved, by address. */
export function memoryMap(ram, reserved) {
    let free = ram.map(({ start, size }) => ({ start, size: BigInt(size) }));
    for (const taken of reserved)
        free = free.flatMap((each) => without(each, taken));
    const entries = [
        ...free.map((each) => ({ ...each, kind: "ram" })),
        ...reserved.map(({ start, size }) => ({ start, size, kind: "reserved" })),
    ];
    return entries.sort((a, b) => (a.start < b.start ? -1 : 1));
}
function without({ start, size }, taken) {
    const end = start + size;
    const takenEnd = taken.start + taken.size;
    if (takenEnd <= start || taken.start >= end)
        return [{ start, size }];
    return [
        { start, size: taken.start - start },
        { start: takenEnd, size: end - takenEnd },
    ].filter((each) => each.size > 0n);
}
