/** True if an access of this kind touches a poisoned byte. */
export function poisonedBy(ranges, address, length, flag) {
    const end = address + BigInt(length);
    return ranges.some((range) => (range.flags & flag) !== 0 && address < range.end && end > range.start);
}
/** The ranges without [start, end): those that reach into it are cut. */
export function healRange(ranges, start, end) {
    return ranges.flatMap((range) => {
        if (range.end <= start || range.start >= end)
            return [range];
        const parts = [];
        if (range.start < start)
            parts.push({ ...range, end: start });
        if (range.end > end)
            parts.push({ ...range, start: end });
        return parts;
    });
}
