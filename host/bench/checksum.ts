import { at } from "../core/layout.js";

const PRIME = 16_777_619;

/** FNV-1a over the outputs of a batch, word by word; bench/native/main.c does the same. */
export function addToChecksum(checksum: number, words: Uint32Array): number {
  const size = at("REQUEST_SIZE") / 4;
  const status = at("REQUEST_STATUS") / 4;
  const physical = at("REQUEST_PHYSICAL") / 4;
  let sum = checksum;
  for (let record = 0; record < words.length; record += size) {
    sum = Math.imul(sum ^ words[record + status]!, PRIME);
    sum = Math.imul(sum ^ words[record + physical]!, PRIME);
    sum = Math.imul(sum ^ words[record + physical + 1]!, PRIME);
  }
  return sum >>> 0;
}

/** The same over all words there are. */
export function addWordsToChecksum(checksum: number, words: Uint32Array): number {
  let sum = checksum;
  for (const word of words) sum = Math.imul(sum ^ word, PRIME);
  return sum >>> 0;
}
