import type { ConformanceCase } from "../../case.js";
import { eventRegisters } from "./events.js";
import { generatedCases } from "./generated/index.js";
import { globalCommands } from "./global-commands.js";
import { protectedMemory } from "./protected-memory.js";
import { registerInvalidationCases } from "./register-invalidation.js";
import { registerSet } from "./register-set.js";
import { resetsAndAccess } from "./resets-and-access.js";

/** Cases of chapter 11, one file to a topic; those that the register table makes come first. */
export const chapter11: readonly ConformanceCase[] = [
  ...generatedCases,
  ...[...globalCommands, ...eventRegisters, ...protectedMemory],
  ...[...resetsAndAccess, ...registerSet, ...registerInvalidationCases],
];
