/** §3.15: writes to this MiB are interrupt messages; nothing else may go there. */
const START = 0xfee0_0000n;
const END = 0xfef0_0000n;

export function inInterruptRange(address: bigint): boolean {
  return address >= START && address < END;
}
