import { Argument, Command } from "commander";

import {
  decodeDescriptor,
  decodeFault,
  decodeRegister,
  decodeStructure,
  listNames,
  type DecodedField,
  type DescriptorQueue,
} from "../decode/index.js";
import { UnknownNameError } from "../decode/names.js";
import type { FaultCondition } from "../spec/index.js";
import type { CommandContext } from "./command-line.js";
import { UsageError } from "./exit-code.js";
import { jsonText } from "./json.js";
import { hex, parseUnsigned } from "./numbers.js";
import { textTable } from "./text-table.js";
import { unknownName } from "./unknown-name.js";

const KINDS = ["register", "structure", "descriptor", "fault"] as const;
type Kind = (typeof KINDS)[number];

const EXAMPLES = `
NAME is a name of the manual; without it, the known names are listed. The NAME
of a descriptor may also be the queue that it comes from: invalidation, or
page-request. The NAME of a fault is a reason code or a condition, and takes no
VALUE. A VALUE is a number; records have several, of 64 bits, lowest first.

Examples:
  viommu decode register GSTS 0xc4000000
  viommu decode structure pasid-entry 0x41 0x1 0x20001 0 0 0 0 0
  viommu decode descriptor invalidation 0x12 0 0 0
  viommu decode fault 0x71
  viommu decode fault SFS.2`;

/** `viommu decode`: a raw value in the manual's words. */
export function decodeCommand({ terminal }: CommandContext): Command {
  return new Command("decode")
    .description("explain a raw register, table entry, descriptor or fault in the manual's words")
    .addArgument(new Argument("<kind>", "what the value is").choices(KINDS))
    .argument("[name]", "which one")
    .argument("[value...]", "its value, in 64-bit words")
    .option("--json", "print the fields as JSON (docs/decode.schema.json)")
    .addHelpText("after", EXAMPLES)
    .action((kind: Kind, name: string | undefined, values: string[], options: { json?: true }) => {
      if (name === undefined) {
        terminal.out(listing(kind));
        return;
      }
      const words = values.map((value) =>
        parseUnsigned("value", value, kind === "register" ? 128 : 64),
      );
      const result = asUsage(kind, () =>
        kind === "fault"
          ? { conditions: faults(name, words) }
          : { fields: decode(kind, name, words) },
      );
      if (options.json === true) terminal.out(jsonText({ kind, name, ...result }));
      else if (result.conditions !== undefined) terminal.out(faultText(result.conditions));
      else terminal.out(fieldsText(result.fields));
    });
}

/** The decoders throw a RangeError: here that is wrong usage. */
function asUsage<T>(kind: Kind, decodeValue: () => T): T {
  try {
    return decodeValue();
  } catch (error) {
    if (error instanceof UnknownNameError) {
      const { kind: what, unknown: name, known } = error;
      throw unknownName({ what, name, known, listedBy: `viommu decode ${kind}` });
    }
    if (error instanceof RangeError) throw new UsageError(error.message);
    throw error;
  }
}

function decode(
  kind: Exclude<Kind, "fault">,
  name: string,
  words: readonly bigint[],
): DecodedField[] {
  if (kind === "register") {
    const [value, ...more] = words;
    if (value === undefined || more.length > 0) throw new UsageError("a register has one value");
    return decodeRegister(name, value);
  }
  if (kind === "descriptor" && isQueue(name)) return decodeDescriptor(words, name);
  return decodeStructure(name, words);
}

function isQueue(name: string): name is DescriptorQueue {
  return name === "invalidation" || name === "page-request";
}

function faults(name: string, words: readonly bigint[]): readonly FaultCondition[] {
  if (words.length > 0) {
    throw new UsageError('a fault takes no value; "decode structure FRCD" explains a fault record');
  }
  return decodeFault(/^[0-9]/.test(name) ? Number(parseUnsigned("reason code", name, 8)) : name);
}

function listing(kind: Kind): string {
  const names = listNames();
  const known = {
    register: names.registers,
    structure: names.structures,
    descriptor: [...names.descriptors, "invalidation", "page-request"],
    fault: names.faults,
  };
  return `${known[kind].join("\n")}\n`;
}

function fieldsText(fields: readonly DecodedField[]): string {
  return textTable(fields.map((f) => [f.bits, f.field, hex(f.value), f.meaning]));
}

function faultText(conditions: readonly FaultCondition[]): string {
  return textTable(
    conditions.map(({ condition, code, qualified, meaning }) => [
      condition,
      hex(code),
      qualified ? "qualified" : "not qualified",
      meaning,
    ]),
  );
}
