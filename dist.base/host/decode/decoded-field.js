const WORD_BITS = 64;
function bitsText({ high, low }) {
    return high === low ? String(low) : `${high}:${low}`;
}
function mask({ high, low }) {
    return (1n << BigInt(high - low + 1)) - 1n;
}
function extract(word, range) {
    return (word >> BigInt(range.low % WORD_BITS)) & mask(range);
}
function explain(field, value) {
    if (field.values !== undefined) {
        const named = field.values.find((candidate) => BigInt(candidate.value) === value);
        return `${field.meaning}: ${named?.meaning ?? "reserved value"}`;
    }
    if (field.inPlace) {
        return `${field.meaning}: 0x${(value << BigInt(field.low % WORD_BITS)).toString(16)}`;
    }
    return field.meaning;
}
/** Runs of set bits, from the lowest up. */
function runs(word) {
    const found = [];
    let low = 0;
    while (word >> BigInt(low) !== 0n) {
        if (((word >> BigInt(low)) & 1n) === 0n) {
            low++;
            continue;
        }
        let high = low;
        while ((word >> BigInt(high + 1)) & 1n) {
            high++;
        }
        found.push({ high, low });
        low = high + 1;
    }
    return found;
}
/**
 * The fields in one 64-bit word of a record, then the bits that are set though nothing covers them.
 *
 * @param layout the fields of the whole record, and the ranges that hardware ignores
 * @param index which word of the record this is
 */
export function decodeWord(layout, index, word) {
    const here = (range) => Math.floor(range.low / WORD_BITS) === index;
    const fields = layout.fields.filter(here);
    const covered = [...fields, ...(layout.ignored ?? []).filter(here)].reduce((bits, range) => bits | (mask(range) << BigInt(range.low % WORD_BITS)), 0n);
    return [
        ...fields.map((field) => {
            const value = extract(word, field);
            return { field: field.name, bits: bitsText(field), value, meaning: explain(field, value) };
        }),
        ...runs(word & ~covered).map((run) => ({
            field: "reserved",
            bits: bitsText({ high: run.high + index * WORD_BITS, low: run.low + index * WORD_BITS }),
            value: extract(word, run),
            meaning: "reserved bits that are not 0",
        })),
    ];
}
