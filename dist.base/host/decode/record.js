import { Parser } from "binary-parser";
import { decodeWord } from "./decoded-field.js";
const WORD_BYTES = 8;
const WORD_LIMIT = 1n << 64n;
/**
 * A parser of little-endian records of some words. Fields are cut from whole 64-bit words: the bit
 * fields of binary-parser count from the other end of a word.
 */
function parserOf(layout, words) {
    const parser = new Parser();
    for (let index = 0; index < words; index++) {
        parser.uint64le(`word${index}`, { formatter: (word) => decodeWord(layout, index, word) });
    }
    return parser;
}
const parsers = new WeakMap();
/** The fields of a record, from its first word to its last. `bytes` holds whole 64-bit words. */
export function decodeRecord(layout, bytes) {
    const words = bytes.length / WORD_BYTES;
    const known = parsers.get(layout) ?? new Map();
    const parser = known.get(words) ?? parserOf(layout, words);
    parsers.set(layout, known.set(words, parser));
    return Object.values(parser.parse(bytes)).flat();
}
/** The bytes of a record of 64-bit words. */
export function bytesOf(words) {
    const view = new DataView(new ArrayBuffer(words.length * WORD_BYTES));
    words.forEach((word, index) => {
        if (word < 0n || word >= WORD_LIMIT) {
            throw new RangeError(`word ${index} is ${word}; it is a number from 0 to 2^64 - 1`);
        }
        view.setBigUint64(index * WORD_BYTES, word, true);
    });
    return new Uint8Array(view.buffer);
}
