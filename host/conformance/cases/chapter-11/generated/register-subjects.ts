import { registers } from "../../../../spec/registers.js";
import type { Register, RegisterField } from "../../../../spec/fields.js";
import { capRegister } from "../../../../spec/registers/cap.js";
import { ecapRegister } from "../../../../spec/registers/ecap.js";
import type { Bench } from "../../../bench/bench.js";
import { fieldOf, registerNamed } from "../../../bench/registers.js";
import type { CaseNeeds } from "../../../case.js";
import type { UnitWishes } from "../../../configuration.js";

const capabilityNames = new Set(
  [...capRegister.fields, ...ecapRegister.fields].map(({ name }) => name),
);

/** Parts of revision 4.x that 5.10 dropped have no section in it. */
const DROPPED = "AFL";

/** The registers of chapter 11 that 5.10 has. */
export const subjects: readonly Register[] = registers.filter(
  ({ requires = [] }) => !requires.includes(DROPPED),
);

/** The fields of a register that 5.10 has. */
export function fieldsOf({ fields }: Register): RegisterField[] {
  return fields.filter(({ requires = [] }) => !requires.includes(DROPPED));
}

/** Options that no preset has, for what exists with them alone. */
const OPTIONS = ["PLMR", "PHMR", "RWBF", "IRREQ", "EIMER"];

/** What a unit must report to have a register, or a field of it. */
export function needsOf(...parts: readonly (Register | RegisterField)[]): CaseNeeds {
  const all = parts.flatMap(({ requires = [] }) => requires);
  return { capabilities: [...new Set(all.filter((name) => capabilityNames.has(name)))] };
}

/** The unit to ask for where the presets lack one of these capabilities. */
export function wishesFor(names: readonly string[]): UnitWishes | undefined {
  const wished = names.filter((name) => OPTIONS.includes(name));
  if (wished.length === 0) return undefined;
  return { capabilities: Object.fromEntries(wished.map((name) => [name, 1])) };
}

/** The unit to ask for where the presets have no such register, or no such field of it. */
export function wishesOf(...parts: readonly (Register | RegisterField)[]): UnitWishes | undefined {
  return wishesFor(
    parts.flatMap((part) => [
      ...(part.requires ?? []),
      ...("requiresAny" in part ? (part.requiresAny ?? []) : []),
    ]),
  );
}

/** "PQA" as "pqa", and "MTRR_FIX64K_00000" as "mtrr-fix64k-00000". */
export function slug(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/** Capabilities of a unit, with those that PERFCAP_REG reports. */
async function reportedBy(bench: Bench): Promise<Record<string, number>> {
  const { values } = bench.capabilities;
  if (values["PMS"] !== 1) return { ...values };
  const { register } = registerNamed("PERFCAP");
  const value = await bench.registers.read("PERFCAP");
  const fields = register.fields.map(({ name }) => [name, Number(fieldOf(register, name, value))]);
  return { ...(Object.fromEntries(fields) as Record<string, number>), ...values };
}

/** Whether a unit that reports `values` has a register or a field. */
export function exists(
  part: Register | RegisterField,
  values: Readonly<Record<string, number>>,
): boolean {
  const reported = (name: string) => (values[name] ?? 0) !== 0;
  const any = "requiresAny" in part ? part.requiresAny : undefined;
  return (part.requires ?? []).every(reported) && (any === undefined || any.some(reported));
}

/** Names of the instances of a register that a unit has: one, or those of a row. */
function instancesOf(
  { mnemonic, repeat }: Register,
  values: Readonly<Record<string, number>>,
): string[] {
  if (repeat === undefined) return [mnemonic];
  const counts = { NFR: values["NFR"]! + 1, NCNTR: values["NCNTR"] ?? 0 };
  const limit = mnemonic === "PERFEVNTCAP" ? (values["EGCNT"] ?? 0) : Infinity;
  const count = typeof repeat.count === "number" ? repeat.count : counts[repeat.count];
  return Array.from({ length: Math.min(count, limit) }, (_, index) => `${mnemonic}${index}`);
}

/** Instances of a register with what the unit reports; skips the case where there is none. */
export async function instances(
  bench: Bench,
  register: Register,
): Promise<{ names: string[]; values: Record<string, number> }> {
  const values = await reportedBy(bench);
  if (!exists(register, values)) bench.skip(`the unit has no ${register.mnemonic}`);
  const names = instancesOf(register, values);
  if (names.length === 0) bench.skip(`the unit has no ${register.mnemonic}`);
  return { names, values };
}

/** The bits of a field, in place. */
export function maskOf({ high, low }: { readonly high: number; readonly low: number }): bigint {
  return ((1n << BigInt(high - low + 1)) - 1n) << BigInt(low);
}

/** The bits of all fields with one of these attributes, as far as the unit has them. */
export function maskOfAccess(
  register: Register,
  values: Readonly<Record<string, number>>,
  access: readonly string[],
): bigint {
  return register.fields
    .filter((field) => access.includes(field.access) && exists(field, values))
    .reduce((mask, field) => mask | maskOf(field), 0n);
}

/** Registers where a write starts something, and the bit that does; "" for every write. */
export const TRIGGERS: Readonly<Record<string, string>> = {
  GCMD: "",
  ECMD: "",
  VCMD: "",
  CCMD: "ICC",
  IOTLB: "IVT",
};

/** Attributes whose bits a register stores. */
export const STORED = ["RW", "RWL", "RWLV"];
