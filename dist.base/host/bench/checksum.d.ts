/** FNV-1a over the outputs of a batch, word by word; bench/native/main.c does the same. */
export declare function addToChecksum(checksum: number, words: Uint32Array): number;
