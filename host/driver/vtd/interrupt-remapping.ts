import { allocateTable, type FrameSource } from "../../tables/frames.js";
import type { TableMemory } from "../../tables/table-memory.js";
import { read, write, type AccessSequence } from "./access.js";
import { invalidateAlone } from "./boot-invalidation.js";
import type { Commands } from "./commands.js";
import { globalInterruptEntries } from "./descriptors.js";
import { registerBit, registerBits } from "./fields.js";
import type { QueueRing } from "./queue-ring.js";

/** The interrupt remapping table of a unit, all of whose entries are not present. */
export interface InterruptTable {
  readonly base: bigint;
  readonly entries: number;
  /** Extended interrupt mode: destinations have 32 bits (§5.1.3). */
  readonly extended: boolean;
}

interface UnitParts {
  readonly commands: Commands;
  readonly invalidations: QueueRing;
  /** CAP.ESIRTPS: a new table invalidates the interrupt entry cache by itself. */
  readonly invalidatesItself: boolean;
}

const IRE = registerBit("GCMD", "IRE");
const SIRTP = registerBit("GCMD", "SIRTP");
const CFI = registerBit("GCMD", "CFI");
const IRES = registerBit("GSTS", "IRES");
const IRTPS = registerBit("GSTS", "IRTPS");
const CFIS = registerBit("GSTS", "CFIS");
const EIME = registerBit("IRTA", "EIME");
/** 2^(15+1) entries of 16 bytes, which is the most (§11.4.10). */
const SIZE = 15;
const ENTRIES = 2 ** (SIZE + 1);
const FRAMES = (ENTRIES * 16) / 4096;

/** Gives the unit an empty table; remapping that was left on is turned off first. */
export function* prepareInterruptRemapping(
  unit: UnitParts,
  { memory, frames }: { readonly memory: TableMemory; readonly frames: FrameSource },
  extended: boolean,
): AccessSequence<InterruptTable> {
  const { commands, invalidations, invalidatesItself } = unit;
  const base = allocateTable(memory, frames, FRAMES);
  if (((yield* read("GSTS")) & IRES) !== 0n) {
    if (!invalidatesItself) yield* invalidateAlone(invalidations, globalInterruptEntries());
    if (((yield* read("GSTS")) & IRES) !== 0n) yield* commands.clear(IRE);
  }
  const size = registerBits("IRTA", "S").place(SIZE);
  yield* write("IRTA", base | (extended ? EIME : 0n) | size);
  yield* commands.once(SIRTP, (status) => (status & IRTPS) !== 0n);
  if (!invalidatesItself) yield* invalidateAlone(invalidations, globalInterruptEntries());
  return { base, entries: ENTRIES, extended };
}

/** Interrupts of the compatibility format are blocked with it (§5.1.4). */
export function* enableInterruptRemapping(commands: Commands): AccessSequence {
  const status = yield* commands.set(IRE);
  if ((status & CFIS) !== 0n) yield* commands.clear(CFI);
}
