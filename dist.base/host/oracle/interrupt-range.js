import { maskOf } from "./bit-fields.js";
/** FEEx_xxxxh (§3.15). */
const FIRST_ADDRESS = 0xfee00000n;
const LAST_ADDRESS = 0xfeefffffn;
const DWORD = 4;
export function isInterruptAddress(address) {
    return address >= FIRST_ADDRESS && address <= LAST_ADDRESS;
}
/** True if the naturally aligned page of `pageSize` bytes around the address touches the range. */
export function pageTouchesInterruptRange(address, pageSize) {
    const offset = BigInt(pageSize) - 1n;
    const start = address & (maskOf(63, 0) ^ offset);
    return start <= LAST_ADDRESS && start + offset >= FIRST_ADDRESS;
}
/**
 * Decides a request by §3.15. `enforced` says that DMA or interrupt remapping is enabled: with both
 * off there is no unit in the way of an illegal request.
 */
export function decideInterruptRange(request, enforced) {
    if (request.pasid !== undefined || !isInterruptAddress(request.address))
        return "translate";
    if (request.access === "write" && request.size === DWORD && request.address % 4n === 0n) {
        return "interrupt";
    }
    const zeroLengthRead = request.access === "read" && request.size === 0;
    return zeroLengthRead || !enforced ? "bypass" : "illegal";
}
