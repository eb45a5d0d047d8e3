import type { Structure } from "../spec/fields.js";
import { registers } from "../spec/registers.js";
import { encodeEntry } from "./entry.js";

/** Translation table modes that tables are built for, by their names in the register's description. */
export type TableMode = "LEGACY" | "SCALABLE";

/** The value for the Root Table Address Register that announces a root table (§11.4.5). */
export function rootTableAddress(mode: TableMode, rootTable: bigint, ssirwe = false): bigint {
  const register = registers.find(({ mnemonic }) => mnemonic === "RTADDR");
  const ttm = register?.fields
    .find(({ name }) => name === "TTM")
    ?.values?.find(({ name }) => name === mode);
  if (register === undefined || ttm === undefined) {
    throw new Error(`host/spec/registers describes no RTADDR.TTM ${mode}`);
  }
  const structure: Structure = { ...register, name: register.mnemonic, bits: register.width };
  const [value = 0n] = encodeEntry(structure, { RTA: rootTable, TTM: ttm.value, SSIRWE: ssirwe });
  return value;
}
