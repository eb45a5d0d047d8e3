import type { Features } from "./registers-by-hand.js";
import { CFI, FRCD_OF, IRE, REG, SIRTP, UnitWorld } from "./unit-world.js";

export const TABLE = 0x8000n;
export const DESCRIPTOR = 0x2_0040n;
export const SID = 0x1234;

/** Address of a remappable request: handle 14:0 in 19:5, format 4, SHV 3, handle 15 in 2 (§5.1.2.2). */
export function remappable(handle: number, subhandleValid = false): bigint {
  const low = BigInt(handle & 0x7fff) << 5n;
  const high = BigInt(handle >> 15) << 2n;
  return 0xfee0_0010n | low | high | (subhandleValid ? 8n : 0n);
}

export interface InterruptOptions {
  /** EIME. */
  extended?: boolean;
  /** The field S: 2^(S+1) entries. Default 3: 16 entries. */
  size?: number;
  /** CFI. */
  compatibility?: boolean;
  features?: Features;
  table?: bigint;
}

/** A unit with interrupt remapping enabled. */
export class InterruptWorld extends UnitWorld {
  readonly #table: bigint;

  constructor(options: InterruptOptions = {}) {
    super(options.features);
    const { extended = false, size = 3, compatibility = false, table = TABLE } = options;
    this.#table = table;
    this.unit.write64(REG.IRTA, table | (extended ? 0x800n : 0n) | BigInt(size));
    this.command(SIRTP).command(IRE);
    if (compatibility) this.command(CFI);
  }

  /** Address of an entry of the table. */
  at(index: number): bigint {
    return this.#table + 16n * BigInt(index);
  }

  /** An entry in remapped format: vector 41h, destination 07h in xAPIC mode, anyone may use it. */
  remapped(index: number): this {
    this.memory.setField(this.at(index), 127, 0, 0n);
    this.memory.setField(this.at(index), 0, 0, 1n);
    this.memory.setField(this.at(index), 23, 16, 0x41n);
    this.memory.setField(this.at(index), 47, 40, 0x07n);
    return this;
  }

  /** An entry in posted format: vector 85h to the descriptor. */
  posted(index: number, descriptor = DESCRIPTOR): this {
    this.memory.setField(this.at(index), 127, 0, 0n);
    this.memory.setField(this.at(index), 0, 0, 1n);
    this.memory.setField(this.at(index), 15, 15, 1n);
    this.memory.setField(this.at(index), 23, 16, 0x85n);
    this.memory.setField(this.at(index), 63, 38, (descriptor & 0xffff_ffffn) >> 6n);
    this.memory.setField(this.at(index), 127, 96, descriptor >> 32n);
    return this;
  }

  set(index: number, high: number, low: number, value: bigint): this {
    this.memory.setField(this.at(index), high, low, value);
    return this;
  }

  /** Sends what an MSI with this handle sends. */
  send(handle: number, data = 0, sourceId = SID) {
    return this.unit.remapInterrupt({ sourceId, address: remappable(handle), data });
  }

  /** Fault reason, source-id and fault information of a record; undefined while F is clear. */
  record(index = 0) {
    const at = FRCD_OF(index);
    if (this.field(at, 127, 127) === 0n) return undefined;
    return {
      reason: Number(this.field(at, 103, 96)),
      sourceId: Number(this.field(at, 79, 64)),
      index: Number(this.field(at, 63, 48)),
      rest: this.field(at, 47, 0),
    };
  }
}
