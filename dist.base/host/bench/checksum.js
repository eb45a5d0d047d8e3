import { at } from "../core/layout.js";
const PRIME = 16_777_619;
/** FNV-1a over the outputs of a batch, word by word; bench/native/main.c does the same. */
export function addToChecksum(checksum, words) {
    const size = at("REQUEST_SIZE") / 4;
    const status = at("REQUEST_STATUS") / 4;
    const physical = at("REQUEST_PHYSICAL") / 4;
    let sum = checksum;
    for (let record = 0; record < words.length; record += size) {
        sum = Math.imul(sum ^ words[record + status], PRIME);
        sum = Math.imul(sum ^ words[record + physical], PRIME);
        sum = Math.imul(sum ^ words[record + physical + 1], PRIME);
    }
    return sum >>> 0;
}
