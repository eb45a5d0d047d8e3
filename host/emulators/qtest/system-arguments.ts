import type { ChannelEnd } from "./channel.js";
import { OptionError } from "./command-error.js";

/** What a command line of QEMU asks for. */
export interface SystemArguments {
  readonly machine: "q35" | "none";
  readonly memoryMib: number;
  /** Texts of `-device`. */
  readonly devices: readonly string[];
  /** Slots of the devices that QEMU adds by itself, which are not there but keep their places. */
  readonly takenSlots: readonly number[];
  readonly qtest: ChannelEnd;
  /** A file for what is said, or undefined. */
  readonly qtestLog: string | undefined;
  readonly monitors: readonly ChannelEnd[];
  readonly exitsWithParent: boolean;
}

/** What is asked for instead of a machine: a text to be printed. */
export type SystemQuestion = {
  readonly asks: "version" | "help" | "machines" | "devices";
  readonly text?: string;
};

/** Options that are accepted with the values that change nothing here. */
const HARMLESS: Readonly<Record<string, RegExp>> = {
  accel: /^qtest$/,
  audio: /^none$/,
  cpu: /./,
  display: /^none$/,
  monitor: /^none$/,
  name: /./,
  parallel: /^none$/,
  serial: /^(none|null)$/,
  smp: /^(cpus=)?1(,|$)/,
};
const HARMLESS_FLAGS = new Set(["S", "no-user-config", "no-reboot", "no-shutdown", "nographic"]);
const USUAL_MEMORY_MIB = 128;
const VGA_SLOT = 1;
const NETWORK_SLOT = 2;

/**
 * Reads a command line of QEMU's.
 * @throws OptionError for an option, or a value of one, that there is not.
 */
export function parseSystemArguments(args: readonly string[]): SystemArguments | SystemQuestion {
  const found = new Map<string, string[]>();
  let nodefaults = false;
  for (let i = 0; i < args.length; i++) {
    const given = args[i]!;
    const name = LONG_NAMES[given.replace(/^--?/, "")] ?? given.replace(/^--?/, "");
    if (!given.startsWith("-") || given === "-")
      throw new OptionError(`${given}: disk images are not taken`);
    const question = QUESTIONS[name];
    if (question !== undefined) return question;
    if (name === "nodefaults") nodefaults = true;
    else if (HARMLESS_FLAGS.has(name)) continue;
    else {
      if (!VALUED.has(name)) throw new OptionError(`-${name}: no such option; ${SYSTEM_OPTIONS}`);
      const value = args[++i];
      if (value === undefined) throw new OptionError(`-${name} needs a value`);
      found.set(name, [...(found.get(name) ?? []), value]);
    }
  }
  for (const [name, allowed] of Object.entries(HARMLESS)) {
    for (const value of found.get(name) ?? []) {
      if (!allowed.test(value)) throw new OptionError(`-${name} ${value}: not taken here`);
    }
  }
  const devices = found.get("device") ?? [];
  const asked = devices.find((text) => /(^|,)(help|\?)$/.test(text));
  if (asked !== undefined) return { asks: "devices", text: asked };
  const machines = (found.get("machine") ?? ["none"]).map(machineOf);
  if (machines.includes("help")) return { asks: "machines" };
  const chardevs = new Map((found.get("chardev") ?? []).map(chardev));
  return {
    machine: machines.at(-1) as "q35" | "none",
    memoryMib: memoryOf(found.get("m")?.at(-1)),
    devices,
    takenSlots: nodefaults ? [] : defaultSlots(found),
    qtest: channelOf("qtest", found.get("qtest")?.at(-1), chardevs),
    qtestLog: logOf(found.get("qtest-log")?.at(-1)),
    monitors: [
      ...(found.get("mon") ?? []).flatMap((text) => monitorOf(text, chardevs)),
      ...(found.get("qmp") ?? []).map((text) => channelOf("qmp", text, chardevs)),
    ],
    exitsWithParent: (found.get("run-with") ?? []).some(exitsWithParent),
  };
}

const LONG_NAMES: Readonly<Record<string, string>> = { M: "machine", h: "help" };
const QUESTIONS: Readonly<Record<string, SystemQuestion>> = {
  version: { asks: "version" },
  help: { asks: "help" },
};
const VALUED = new Set([
  ...Object.keys(HARMLESS),
  ...[
    "machine",
    "m",
    "device",
    "chardev",
    "mon",
    "qmp",
    "qtest",
    "qtest-log",
    "run-with",
    "net",
    "nic",
    "vga",
  ],
]);
export const SYSTEM_OPTIONS = `options are those with which qtest programs start QEMU: ${[...VALUED]
  .sort()
  .map((name) => `-${name}`)
  .join(" ")} -nodefaults`;

/** NAME=VALUE parts behind the first part. */
function parts(text: string): { first: string; settings: Map<string, string> } {
  const [first = "", ...rest] = text
    .split(/(?<!,),(?!,)/)
    .map((part) => part.replaceAll(",,", ","));
  return {
    first,
    settings: new Map(
      rest.map((part) => {
        const [, name = "", value = "on"] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? [];
        return [name, value];
      }),
    ),
  };
}

function machineOf(text: string): "q35" | "none" | "help" {
  const { first, settings } = parts(text);
  const name = first.replace(/^type=/, "");
  const accel = settings.get("accel");
  if (accel !== undefined && accel !== "qtest") {
    throw new OptionError(`-machine ${text}: accel is "${accel}", and there is only qtest`);
  }
  const unknown = [...settings.keys()].find(
    (key) => !["accel", "kernel-irqchip", "kernel_irqchip", "hpet", "smm", "vmport"].includes(key),
  );
  if (unknown !== undefined)
    throw new OptionError(`-machine ${text}: there is no property ${unknown}`);
  if (name === "help" || name === "?") return "help";
  if (name === "none") return "none";
  if (name === "q35" || /^pc-q35-[0-9.]+$/.test(name)) return "q35";
  throw new OptionError(`-machine ${name}: there are q35 and none`);
}

function memoryOf(text: string | undefined): number {
  if (text === undefined) return USUAL_MEMORY_MIB;
  const { first } = parts(text);
  const [, digits, unit = "M"] = /^(?:size=)?([0-9]+)([kKmMgG]?)B?$/.exec(first) ?? [];
  const factor = { k: 1 / 1024, m: 1, g: 1024, "": 1 }[unit.toLowerCase()];
  const mib = digits === undefined || factor === undefined ? Number.NaN : Number(digits) * factor;
  if (!Number.isInteger(mib))
    throw new OptionError(`-m ${text}: expected whole MiB, such as 512 or 2G`);
  return mib === 0 ? USUAL_MEMORY_MIB : mib;
}

/** QEMU's display adapter and network card, unless they are switched off. */
function defaultSlots(found: ReadonlyMap<string, readonly string[]>): number[] {
  const off = (name: string): boolean => (found.get(name) ?? []).includes("none");
  for (const name of ["net", "nic", "vga"]) {
    const value = found.get(name)?.find((each) => each !== "none");
    if (value !== undefined) throw new OptionError(`-${name} ${value}: expected none`);
  }
  const vga = off("vga") ? [] : [VGA_SLOT];
  const free = vga.length === 0 ? VGA_SLOT : NETWORK_SLOT;
  return off("net") || off("nic") ? vga : [...vga, free];
}

function chardev(text: string): [id: string, end: ChannelEnd] {
  const { first, settings } = parts(text);
  const id = settings.get("id");
  if (id === undefined) throw new OptionError(`-chardev ${text}: there is no id`);
  if (first === "null") return [id, { kind: "null" }];
  if (first === "stdio") return [id, { kind: "stdio" }];
  const path = settings.get("path");
  if (first !== "socket" || path === undefined) {
    throw new OptionError(`-chardev ${text}: expected socket,path=PATH,id=ID, or stdio, or null`);
  }
  return [id, { kind: "unix", path, listens: listens(text, settings) }];
}

function listens(text: string, settings: ReadonlyMap<string, string>): boolean {
  const server = settings.get("server") ?? "off";
  if (server !== "on" && server !== "off")
    throw new OptionError(`${text}: server is "${server}": expected on or off`);
  return server === "on";
}

function channelOf(
  option: string,
  text: string | undefined,
  chardevs: ReadonlyMap<string, ChannelEnd>,
): ChannelEnd {
  if (text === undefined) return { kind: "null" };
  const { first, settings } = parts(text);
  if (first === "stdio") return { kind: "stdio" };
  if (first === "none" || first === "null") return { kind: "null" };
  if (first.startsWith("unix:")) {
    return { kind: "unix", path: first.slice(5), listens: listens(text, settings) };
  }
  if (first.startsWith("chardev:")) return known(`-${option} ${text}`, first.slice(8), chardevs);
  throw new OptionError(`-${option} ${text}: expected unix:PATH, chardev:ID, stdio or none`);
}

function monitorOf(text: string, chardevs: ReadonlyMap<string, ChannelEnd>): ChannelEnd[] {
  const { first, settings } = parts(text);
  const id = /^chardev=(.*)$/.exec(first)?.[1] ?? settings.get("chardev") ?? first;
  const end = known(`-mon ${text}`, id, chardevs);
  const mode = settings.get("mode") ?? "readline";
  if (mode !== "control")
    throw new OptionError(`-mon ${text}: mode is "${mode}", and there is only control`);
  return [end];
}

function known(what: string, id: string, chardevs: ReadonlyMap<string, ChannelEnd>): ChannelEnd {
  const end = chardevs.get(id);
  if (end === undefined) throw new OptionError(`${what}: there is no -chardev with id=${id}`);
  return end;
}

function logOf(path: string | undefined): string | undefined {
  return path === undefined || path === "none" || path === "/dev/null" ? undefined : path;
}

function exitsWithParent(text: string): boolean {
  const [, value] = /^exit-with-parent=(on|off)$/.exec(text) ?? [];
  if (value === undefined) throw new OptionError(`-run-with ${text}: expected exit-with-parent=on`);
  return value === "on";
}
