export function totalsOf(cases) {
    const count = (status) => cases.filter((each) => each.status === status).length;
    return {
        passed: count("passed"),
        failed: count("failed"),
        skipped: count("skipped"),
        knownDeviations: count("known-deviation"),
    };
}
/** Everything that a failed case says, as lines. */
export function detailLines({ reason, mismatches }) {
    return [
        ...(reason === undefined ? [] : [reason]),
        ...mismatches.flatMap(({ what, fields }) => [
            what,
            ...fields.map(({ field, expected, actual, meaning }) => {
                const note = meaning === undefined || meaning === "" ? "" : `  (${meaning})`;
                return `  ${field}: expected ${expected}, found ${actual}${note}`;
            }),
        ]),
    ];
}
