import type { Deviation } from "./deviation.js";
import { qemuRegisters } from "./qemu-registers.js";
import { qemuStructures } from "./qemu-structures.js";
import { qemuTranslation } from "./qemu-translation.js";
import { qemuUnobserved } from "./qemu-unobserved.js";

export type { Deviation } from "./deviation.js";

/** Every deviation that is known, of every target. */
export const deviations: readonly Deviation[] = [
  ...qemuTranslation,
  ...qemuStructures,
  ...qemuRegisters,
  ...qemuUnobserved,
];
