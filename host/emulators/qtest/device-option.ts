import { OptionError } from "./command-error.js";

/** `-device DRIVER,NAME=VALUE...`, taken apart. */
export interface DeviceOption {
  readonly text: string;
  readonly driver: string;
  /** Names and values in their order; a name without a value is on. */
  readonly properties: ReadonlyMap<string, string>;
  /** The user asks for the properties that there are. */
  readonly help: boolean;
}

/** @throws OptionError */
export function parseDeviceOption(text: string): DeviceOption {
  // QEMU writes a comma inside of a value twice.
  const [driver = "", ...settings] = text
    .split(/(?<!,),(?!,)/)
    .map((part) => part.replaceAll(",,", ","));
  if (driver === "" || driver.includes("=")) {
    throw new OptionError(
      `-device "${text}": expected DRIVER,NAME=VALUE..., such as edu,addr=03.0`,
    );
  }
  const properties = new Map<string, string>();
  let help = false;
  for (const setting of settings.filter((each) => each !== "")) {
    const [, name = "", value = "on"] = /^([^=]*)(?:=(.*))?$/s.exec(setting) ?? [];
    if (name === "help" || name === "?") help = true;
    else if (properties.has(name))
      throw new OptionError(`-device "${text}": ${name} is given twice`);
    else properties.set(name, value);
  }
  return { text, driver, properties, help };
}

/** A property of a device: what the help shows, and what it may be. */
export type PropertyShape =
  | { readonly type: "bool"; readonly usual: boolean }
  | { readonly type: "OnOffAuto"; readonly usual: "auto" }
  | { readonly type: "uint8" | "uint32" | "uint64"; readonly usual: bigint };

/** Shapes by the names of properties. */
export type PropertyShapes = Readonly<Record<string, PropertyShape>>;

export type PropertyValues<S extends PropertyShapes> = {
  readonly [K in keyof S]: S[K]["type"] extends "bool"
    ? boolean
    : S[K]["type"] extends "OnOffAuto"
      ? "on" | "off" | "auto"
      : bigint;
};

/**
 * The values of all properties of a device; `id` is accepted and means nothing here.
 * @throws OptionError for an unknown name, or a value of another type.
 */
export function propertyValues<S extends PropertyShapes>(
  { text, driver, properties }: DeviceOption,
  shapes: S,
  olderNames: Readonly<Record<string, string>> = {},
): PropertyValues<S> {
  const values: Record<string, unknown> = {};
  for (const [name, { usual }] of Object.entries(shapes)) values[name] = usual;
  for (const [given, value] of properties) {
    if (given === "id") continue;
    const name = Object.hasOwn(olderNames, given) ? olderNames[given]! : given;
    const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
    if (shape === undefined) {
      const known = Object.keys(shapes).join(", ");
      throw new OptionError(`-device "${text}": ${driver} has no ${given}; it has ${known}`);
    }
    values[name] = parseValue(`-device "${text}": ${given}`, shape, value);
  }
  return values as PropertyValues<S>;
}

function parseValue(what: string, { type }: PropertyShape, text: string): unknown {
  if (type === "bool") {
    const value = {
      on: true,
      yes: true,
      true: true,
      y: true,
      off: false,
      no: false,
      false: false,
      n: false,
    }[text];
    if (value === undefined) throw new OptionError(`${what} is "${text}": expected on or off`);
    return value;
  }
  if (type === "OnOffAuto") {
    if (!["on", "off", "auto"].includes(text)) {
      throw new OptionError(`${what} is "${text}": expected on, off or auto`);
    }
    return text;
  }
  const bits = Number(type.slice(4));
  const value = /^(0x[0-9a-f]{1,16}|[0-9]{1,20})$/i.test(text) ? BigInt(text) : -1n;
  if (value < 0n || value >> BigInt(bits) !== 0n) {
    throw new OptionError(`${what} is "${text}": expected a number of ${bits} bits`);
  }
  return value;
}

/** What `-device DRIVER,help` prints. */
export function propertyHelp(driver: string, shapes: PropertyShapes): string {
  const lines = Object.entries(shapes).map(([name, shape]) => {
    const usual = shape.type === "bool" ? (shape.usual ? "on" : "off") : String(shape.usual);
    const values = { bool: "on/off", OnOffAuto: "on/off/auto" }[shape.type as "bool"] ?? "";
    return `  ${`${name}=<${shape.type}>`.padEnd(22)} - ${values} (default: ${usual})`;
  });
  return `${driver} options:\n${lines.join("\n")}\n`;
}
