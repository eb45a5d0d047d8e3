import { Resource, type Kernel, type Routine } from "../kernel/index.js";

/** Configuration space of a function, as software reaches it. */
export interface ConfigAccess {
  read(at: number, size: 1 | 2 | 4): number;
  write(at: number, size: 1 | 2 | 4, value: number): void;
}

const COMMAND = 0x04;
const BUS_MASTER = 1 << 2;
const EXTENDED = { ats: 0x0f, pri: 0x13, pasid: 0x1b } as const;
const ATS = { capability: 4, control: 6, enable: 1 << 15, pageAligned: 1 << 5 } as const;
const PASID = { capability: 4, control: 6, enable: 1, execute: 2, privileged: 4 } as const;
const PRI = { control: 4, status: 6, capacity: 8, allocation: 12 } as const;
const PRI_ENABLE = 1;
const PRI_RESET = 2;
const PRI_STOPPED = 1 << 8;
const PASID_REQUIRED = 1 << 15;
/** Page requests that Linux grants at most: the entries of its queue. */
const MOST_REQUESTS = 2048;

type Extended = keyof typeof EXTENDED;

/** The configuration space of a device, and what the kernel does there for ATS, PASID and PRI. */
export class PciFunction extends Resource {
  readonly #space: ConfigAccess;
  readonly #places: Partial<Record<Extended, number>> = {};

  constructor(kernel: Kernel, name: string, space: ConfigAccess) {
    super(kernel, `config ${name}`);
    this.#space = space;
    for (const name of Object.keys(EXTENDED) as Extended[]) {
      const at = findExtended(space, EXTENDED[name]);
      if (at !== undefined) this.#places[name] = at;
    }
  }

  has(capability: Extended): boolean {
    return this.#places[capability] !== undefined;
  }

  /** §4.1 of the manual asks for page-aligned requests. */
  get isAtsUsable(): boolean {
    const at = this.#places.ats;
    return at !== undefined && (this.#space.read(at + ATS.capability, 2) & ATS.pageAligned) !== 0;
  }

  /** False once the function was taken out: reads answer all ones. */
  get isPresent(): boolean {
    this.kernel.touch(this, "read");
    return this.#space.read(0, 2) !== 0xffff;
  }

  /** Invalidations that may be pending in the device. */
  get invalidationDepth(): number {
    const at = this.#places.ats;
    return at === undefined ? 0 : this.#space.read(at + ATS.capability, 2) & 0x1f;
  }

  /** Bus mastering off: the function sends nothing any more. */
  stopDma(): Routine {
    return this.#change("stop DMA in", COMMAND, 0, BUS_MASTER);
  }

  /** Bits of its PASIDs; 0: it has none. */
  get pasidWidth(): number {
    return this.has("pasid") ? (this.#pasid(PASID.capability) >>> 8) & 0x1f : 0;
  }

  /** PASID is enabled with requests for execute rights. */
  get isPasidExecute(): boolean {
    return this.has("pasid") && (this.#pasid(PASID.control) & PASID.execute) !== 0;
  }

  /** PASID is enabled with privileged requests. */
  get isPasidPrivileged(): boolean {
    return this.has("pasid") && (this.#pasid(PASID.control) & PASID.privileged) !== 0;
  }

  /** With all that the function can do. */
  enablePasid(): Routine {
    const features = this.#pasid(PASID.capability) & (PASID.execute | PASID.privileged);
    const set = PASID.enable | features;
    return this.#change("enable PASID in", this.#at("pasid") + PASID.control, set, 0);
  }

  disablePasid(): Routine {
    const clear = PASID.enable | PASID.execute | PASID.privileged;
    return this.#change("disable PASID in", this.#at("pasid") + PASID.control, 0, clear);
  }

  enableAts(): Routine {
    return this.#change("enable ATS in", this.#at("ats") + ATS.control, ATS.enable, 0);
  }

  disableAts(): Routine {
    return this.#change("disable ATS in", this.#at("ats") + ATS.control, 0, ATS.enable);
  }

  /** pci_enable_pri behind pci_reset_pri. EINVAL: responses would lack the PASID; EBUSY: not stopped. */
  *enablePri(withPasid: boolean): Routine<0 | "EINVAL" | "EBUSY"> {
    const at = this.#at("pri");
    return yield* this.act("reset and enable PRI in", () => {
      const status = this.#space.read(at + PRI.status, 2);
      if (withPasid && (status & PASID_REQUIRED) === 0) return "EINVAL";
      this.#space.write(at + PRI.control, 2, PRI_RESET);
      if ((this.#space.read(at + PRI.status, 2) & PRI_STOPPED) === 0) return "EBUSY";
      const capacity = this.#space.read(at + PRI.capacity, 4);
      this.#space.write(at + PRI.allocation, 4, Math.min(capacity, MOST_REQUESTS));
      this.#space.write(at + PRI.control, 2, PRI_ENABLE);
      return 0;
    });
  }

  /** Only clears Enable: what was sent before is still under way. */
  disablePri(): Routine {
    return this.#change("disable PRI in", this.#at("pri") + PRI.control, 0, PRI_ENABLE);
  }

  #pasid(register: number): number {
    return this.#space.read(this.#at("pasid") + register, 2);
  }

  #at(capability: Extended): number {
    const at = this.#places[capability];
    if (at === undefined) throw new RangeError(`${this.name} has no ${capability} capability`);
    return at;
  }

  #change(verb: string, at: number, set: number, clear: number): Routine {
    return this.act(verb, () => {
      this.#space.write(at, 2, (this.#space.read(at, 2) & ~clear) | set);
    });
  }
}

function findExtended(space: ConfigAccess, id: number): number | undefined {
  // Each capability takes 8 bytes at least, so a list that is longer is damaged.
  let at = 0x100;
  for (let left = 480; left > 0 && at >= 0x100; left--) {
    const header = space.read(at, 4);
    if ((header & 0xffff) === id && header !== 0xffff_ffff) return at;
    at = header >>> 20;
  }
  return undefined;
}
