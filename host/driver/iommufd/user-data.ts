import { Errno } from "../errno.js";
import type { UserData } from "./port.js";
import type { UserMemory } from "./user-memory.js";

/** What a command says about data of a driver: where they are in user memory. */
export function userData(
  memory: UserMemory,
  { type, length, address }: { readonly type: number; readonly length: number; address: bigint },
): UserData {
  return {
    type,
    length,
    *copy(bytes, least = bytes) {
      if (length < least) {
        return new Errno("EINVAL", `data of ${length} bytes: expected at least ${least}`);
      }
      const copied = yield* memory.copyIn(address, length);
      if (copied instanceof Errno) return copied;
      if (copied.subarray(bytes).some((byte) => byte !== 0)) {
        return new Errno("E2BIG", `data of ${length} bytes, not all zero behind ${bytes}`);
      }
      const whole = new Uint8Array(bytes);
      whole.set(copied.subarray(0, bytes));
      return whole;
    },
  };
}

/** Data that are in the kernel already. */
export function copiedData(type: number, bytes: Uint8Array): UserData {
  return {
    type,
    length: bytes.length,
    // eslint-disable-next-line require-yield -- there is nothing left to copy
    *copy() {
      return bytes;
    },
  };
}
