/** §3.15: writes to this MiB are interrupt messages; nothing else may go there. */
const START = 0xfee00000n;
const END = 0xfef00000n;
export function inInterruptRange(address) {
    return address >= START && address < END;
}
