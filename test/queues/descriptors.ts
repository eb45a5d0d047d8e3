/** Invalidation descriptors as software writes them (§6.5.2). */
import { invalidationDescriptors } from "../../host/spec/descriptors.js";
import type { Descriptor } from "../../host/spec/fields.js";
import { encodeEntry, type EntryFields } from "../../host/tables/entry.js";

export function descriptorNamed(name: string): Descriptor {
  const found = invalidationDescriptors.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`host/spec/descriptors.ts has no ${name}`);
  return found;
}

/** Four words; the upper half of a 128-bit type is zero. */
export function descriptor(name: string, fields: EntryFields = {}): bigint[] {
  const kind = descriptorNamed(name);
  const type = { TYPE_LOW: kind.type & 0xf, TYPE_HIGH: kind.type >> 4 };
  const words = encodeEntry({ ...kind, bits: 256 }, { ...type, ...fields });
  return words;
}

/** A wait that does nothing but to be waited for. */
export const plainWait = descriptor("WAIT");

/** A wait that writes `data` to `address` when everything ahead of it is done. */
export function statusWait(address: bigint, data: number, fields: EntryFields = {}): bigint[] {
  return descriptor("WAIT", { SW: 1, STATUS_ADDR: address, STATUS_DATA: data, ...fields });
}
