import { poll, write, type AccessSequence } from "./access.js";
import { registerBit } from "./fields.js";

const LASTING = ["QIE", "TE", "IRE"].reduce((bits, name) => bits | registerBit("GCMD", name), 0n);
const WBF = registerBit("GCMD", "WBF");
const WBFS = registerBit("GSTS", "WBFS");

/**
 * The Global Command Register with its shadow: each write carries all that is enabled, and at most one
 * command besides (§11.4.4.1). An enable has its status at the same bit.
 */
export class Commands {
  #shadow: bigint;

  /** `status`: GSTS as it was found, or what `enabled` told. */
  constructor(status: bigint) {
    this.#shadow = status & LASTING;
  }

  get enabled(): bigint {
    return this.#shadow;
  }

  /** Answers the status that tells of it. */
  *set(enable: bigint): AccessSequence<bigint> {
    this.#shadow |= enable;
    yield* write("GCMD", this.#shadow);
    return yield* poll("GSTS", (status) => (status & enable) !== 0n);
  }

  /** An enable that is not among the lasting ones, such as CFI, is left out of each write anyway. */
  *clear(enable: bigint): AccessSequence {
    this.#shadow &= ~enable;
    yield* write("GCMD", this.#shadow);
    yield* poll("GSTS", (status) => (status & enable) === 0n);
  }

  *once(command: bigint, done: (status: bigint) => boolean): AccessSequence {
    yield* write("GCMD", this.#shadow | command);
    yield* poll("GSTS", done);
  }

  /** §6.8. */
  *flushWriteBuffer(): AccessSequence {
    yield* this.once(WBF, (status) => (status & WBFS) === 0n);
  }
}
