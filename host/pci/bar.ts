import type { ConfigSpace } from "./config-space.js";
import { header } from "./header.js";

/** A 32-bit, non-prefetchable memory window of a function. */
export interface BarShape {
  /** 0 to 5. */
  readonly index: number;
  /** Bytes, a power of two from 16 to 2 GiB. */
  readonly size: number;
}

/** Where a base address register lies, for hosts that place or nail it themselves. */
export interface BarPlacement {
  /** A multiple of the size. */
  readonly address: number;
  /**
   * The register takes the size probe but no other address, and a function reset does not clear
   * it: for emulators whose windows cannot move. Default false.
   */
  readonly fixed?: boolean;
}

/** A base address register: sizing, relocation and address decoding. */
export class Bar {
  readonly index: number;
  readonly size: number;
  readonly #config: ConfigSpace;
  readonly #at: number;
  #fixedAt: number | undefined;

  constructor(config: ConfigSpace, shape: BarShape) {
    const { index, size } = shape;
    if (!Number.isInteger(index) || index < 0 || index > 5) {
      throw new RangeError(`a base address register has index 0 to 5, got ${index}`);
    }
    if (size < 16 || size > 2 ** 31 || !Number.isInteger(Math.log2(size))) {
      throw new RangeError(`a memory window has 2^4 to 2^31 bytes, a power of two, got ${size}`);
    }
    this.index = index;
    this.size = size;
    this.#config = config;
    this.#at = header.bar0 + 4 * index;
    config.define({ at: this.#at, size: 4, value: 0, writable: this.#mask });
    config.watch(this.#at, 4, () => {
      this.#written();
    });
  }

  /** Puts the window at an address, as firmware does, or nails it there. */
  place(placement: BarPlacement): void {
    const { address, fixed = false } = placement;
    if (address % this.size !== 0 || address < 0 || address + this.size > 2 ** 32) {
      throw new RangeError(
        `a window of 0x${this.size.toString(16)} bytes cannot lie at 0x${address.toString(16)}`,
      );
    }
    this.#fixedAt = fixed ? address : undefined;
    if (fixed) {
      this.#config.define({ at: this.#at, size: 4, value: address, writable: this.#mask });
    } else {
      this.#config.set(this.#at, 4, address);
    }
  }

  /** Address of the first byte, or undefined while the register was never given one. */
  get address(): number | undefined {
    const address = this.#fixedAt ?? this.#config.get(this.#at, 4);
    return address === 0 ? undefined : address;
  }

  /** Offset of an address in the window, or undefined outside. */
  offsetOf(address: bigint): number | undefined {
    if (this.address === undefined) return undefined;
    const offset = Number(address) - this.address;
    return offset >= 0 && offset < this.size ? offset : undefined;
  }

  get #mask(): number {
    return (2 ** 32 - this.size) >>> 0;
  }

  #written(): void {
    if (this.#fixedAt === undefined) return;
    const probing = this.#config.get(this.#at, 4) === this.#mask;
    if (!probing) this.#config.set(this.#at, 4, this.#fixedAt);
  }
}
