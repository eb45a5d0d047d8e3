import { capRegister } from "../spec/registers/cap.js";
import { ecapRegister } from "../spec/registers/ecap.js";
import type { RegisterField } from "../spec/fields.js";

/** What a unit reports in VER, CAP and ECAP. */
export interface ReportedCapabilities {
  /** VER_REG. */
  readonly version: number;
  readonly cap: bigint;
  readonly ecap: bigint;
  /** Every field of CAP_REG and ECAP_REG by its name, and MAJOR and MINOR of VER_REG. */
  readonly values: Readonly<Record<string, number>>;
}

/** Takes the three registers apart. */
export function reportedCapabilities(
  version: number,
  cap: bigint,
  ecap: bigint,
): ReportedCapabilities {
  const values = {
    ...fieldValues(capRegister.fields, cap),
    ...fieldValues(ecapRegister.fields, ecap),
    MAJOR: (version >> 4) & 0xf,
    MINOR: version & 0xf,
  };
  return { version, cap, ecap, values };
}

function fieldValues(fields: readonly RegisterField[], word: bigint): Record<string, number> {
  return Object.fromEntries(
    fields.map(({ name, high, low }) => [
      name,
      Number(BigInt.asUintN(high - low + 1, word >> BigInt(low))),
    ]),
  );
}
