import type { Behaviour } from "../iopf/index.js";

/** What iommufd of Linux 7.2 does and a repaired one does not. */
export interface IommufdQuirks {
  /** Bit 2 of a fault message is set for requests with PASID, which the interface does not define. */
  readonly showsInternalFlag: boolean;
  /** dev_id of a fault is that of the device of the group that was attached first, whichever faulted. */
  readonly namesFirstDevice: boolean;
  /** Asking for dirty bits over a hole succeeds, with the bits up to the hole. */
  readonly swallowsBitmapErrors: boolean;
  /** An answer to cookie 0, which no group has, lets 0 be given out from then on, if a group waits for an answer. */
  readonly freesCookieZero: boolean;
  /** After a replacement within one IOAS that failed, what the device cannot map is not reserved any more. */
  readonly forgetsReserved: boolean;
}

const all = (value: boolean): IommufdQuirks => ({
  showsInternalFlag: value,
  namesFirstDevice: value,
  swallowsBitmapErrors: value,
  freesCookieZero: value,
  forgetsReserved: value,
});

export const iommufdQuirksOf: Readonly<Record<Behaviour, IommufdQuirks>> = {
  strictLinux72: all(true),
  fixed: all(false),
};
