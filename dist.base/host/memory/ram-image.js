const PAGE = 4096;
const RECORD = 4 + PAGE;
/** The pages of RAM that are not all zeros: for each its number, 32 bits, and its bytes. */
export function ramImage(memory) {
    const records = [];
    for (const { number, address } of pagesOf(memory)) {
        const page = memory.readBytes(address, PAGE);
        if (isZero(page))
            continue;
        const record = new Uint8Array(RECORD);
        new DataView(record.buffer).setUint32(0, number, true);
        record.set(page, 4);
        records.push(record);
    }
    const image = new Uint8Array(records.length * RECORD);
    records.forEach((record, index) => {
        image.set(record, index * RECORD);
    });
    return image;
}
/** Fills RAM with an image of a memory with the same regions. */
export function restoreRam(memory, image) {
    const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
    let at = 0;
    for (const { number, address } of pagesOf(memory)) {
        if (at < image.length && view.getUint32(at, true) === number) {
            memory.writeBytes(address, image.subarray(at + 4, at + RECORD));
            at += RECORD;
        }
        else {
            memory.fill(address, PAGE);
        }
    }
}
/** The pages of all regions, counted through. */
function* pagesOf(memory) {
    let number = 0;
    for (const { start, size } of memory.regions) {
        for (let done = 0; done < size; done += PAGE) {
            yield { number, address: start + BigInt(done) };
            number += 1;
        }
    }
}
function isZero(page) {
    const words = new Uint32Array(page.buffer, page.byteOffset, PAGE / 4);
    for (let i = 0; i < words.length; i++)
        if (words[i] !== 0)
            return false;
    return true;
}
