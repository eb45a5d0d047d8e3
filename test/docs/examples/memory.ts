// #region memory
import { GuestMemory } from "viommu";

const memory = GuestMemory.create({
  size: 64 * 2 ** 20, // RAM at 0
  regions: [{ start: 0x1_0000_0000n, size: 16 * 2 ** 20 }], // and above 4 GiB
});
memory.write64(0x1_0000_1000n, 0x1234n);
console.log(memory.read64(0x1_0000_1000n)); // => 0x1234n
console.log(memory.read64(0x8000_0000n)); // => undefined
// #endregion

// #region poison
memory.poison(0x1_0000_1000n, 8);
console.log(memory.read64(0x1_0000_1000n)); // => undefined
console.log(memory.read32(0x1_0000_1000n)); // => 0x1234
memory.heal();
memory.poison(0x1_0000_1000n, 8, { reads: false });
console.log(memory.read64(0x1_0000_1000n)); // => 0x1234n
console.log(memory.write64(0x1_0000_1000n, 0n)); // => false
// #endregion
