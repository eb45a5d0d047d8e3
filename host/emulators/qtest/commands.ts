import type { ConfigSize } from "../../pci/config-space.js";
import type { MmioSize } from "../../pci/mmio.js";
import { CommandError } from "./command-error.js";
import type { CommandWords } from "./command-words.js";
import type { Q35 } from "./q35.js";

/** What commands work on: the machine, and the client that asks. */
export interface CommandTarget {
  readonly q35: Q35;
  /** Which interrupts the client is told of from now on. @throws CommandError if that is decided already. */
  intercept(what: "ioapic" | "msi"): void;
}

/** Carries a command out; answers what follows `OK`. @throws CommandError */
type Command = (target: CommandTarget, words: CommandWords) => string;

/** Bytes of one block access. */
const MOST_BYTES = 16 * 2 ** 20;

const SIZES = { b: 1, w: 2, l: 4, q: 8 } as const;

function hex(value: bigint | number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

function read(size: MmioSize): Command {
  return ({ q35 }, words) => {
    const address = words.number("an address");
    words.end();
    return hex(q35.read(address, size), 16);
  };
}

function write(size: MmioSize): Command {
  return ({ q35 }, words) => {
    const address = words.number("an address");
    const value = words.number("a value");
    words.end();
    q35.write(address, size, BigInt.asUintN(8 * size, value));
    return "";
  };
}

function portIn(size: ConfigSize): Command {
  return ({ q35 }, words) => {
    const port = Number(words.number("a port", 16));
    words.end();
    return hex(q35.portRead(port, size), 4);
  };
}

function portOut(size: ConfigSize): Command {
  return ({ q35 }, words) => {
    const port = Number(words.number("a port", 16));
    const value = words.number("a value");
    words.end();
    q35.portWrite(port, size, Number(BigInt.asUintN(8 * size, value)));
    return "";
  };
}

/** An address and a length of at least one byte, which stay within 64 bits. */
function block(words: CommandWords, most: number): { address: bigint; length: number } {
  const address = words.number("an address");
  const length = words.count("a length", most);
  if (length === 0) throw new CommandError("a length of 0 bytes");
  if (address + BigInt(length) > 1n << 64n) {
    throw new CommandError(`${length} bytes from ${hex(address, 16)} on end behind 64 bits`);
  }
  return { address, length };
}

function hexBytes(words: CommandWords, length: number): Uint8Array {
  const text = words.word("data");
  if (!/^0x[0-9a-f]+$/i.test(text) || text.length % 2 !== 0) {
    throw new CommandError("data is no 0x with two hexadecimal digits for each byte");
  }
  const bytes = Buffer.from(text.slice(2), "hex");
  // As QEMU: what is too much is dropped, what is missing is 0.
  const exact = new Uint8Array(length);
  exact.set(bytes.subarray(0, length));
  return exact;
}

function base64Bytes(words: CommandWords, length: number): Uint8Array {
  const text = words.word("data");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new CommandError("data is no base64");
  }
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== length) {
    throw new CommandError(`data has ${bytes.length} bytes, and the length is ${length}`);
  }
  return bytes;
}

function writeBlock(bytesOf: (words: CommandWords, length: number) => Uint8Array): Command {
  return ({ q35 }, words) => {
    const { address, length } = block(words, MOST_BYTES);
    const bytes = bytesOf(words, length);
    words.end();
    q35.writeBytes(address, bytes);
    return "";
  };
}

function readBlock(format: (bytes: Buffer) => string): Command {
  return ({ q35 }, words) => {
    const { address, length } = block(words, MOST_BYTES);
    words.end();
    return format(Buffer.from(q35.readBytes(address, length)));
  };
}

const memset: Command = ({ q35 }, words) => {
  const { address, length } = block(words, 2 ** 32);
  const value = words.number("a byte", 8);
  words.end();
  q35.fill(address, length, Number(value), MOST_BYTES);
  return "";
};

const clockStep: Command = ({ q35: { clock } }, words) => {
  if (words.more) {
    const step = words.number("a number of nanoseconds", 63);
    words.end();
    clock.advanceTo(clock.now + step);
  } else {
    clock.advanceToNext();
  }
  return String(clock.now);
};

const clockSet: Command = ({ q35: { clock } }, words) => {
  const time = words.number("a number of nanoseconds", 63);
  words.end();
  clock.advanceTo(time);
  return String(clock.now);
};

const interceptIn: Command = (target, words) => {
  const what = words.word("a device");
  words.end();
  if (what !== "ioapic" && what !== "msi") {
    throw new CommandError(`unknown device "${what}": ioapic and msi have interrupts to intercept`);
  }
  target.intercept(what);
  return "";
};

const interceptOut: Command = (_target, words) => {
  const what = words.word("a device");
  throw new CommandError(`${what} has no interrupt outputs: irq_intercept_in takes ioapic or msi`);
};

/** Our own: pairs of address and data. */
const messages: Command = ({ q35 }, words) => {
  words.end();
  const taken = q35.takeMessages();
  return [taken.length, ...taken.flatMap(({ address, data }) => [hex(address, 1), hex(data, 1)])]
    .map(String)
    .join(" ");
};

/** The commands by name. */
export const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ...Object.entries(SIZES).flatMap(([letter, size]): [string, Command][] => [
    [`read${letter}`, read(size)],
    [`write${letter}`, write(size)],
  ]),
  ...(["b", "w", "l"] as const).flatMap((letter): [string, Command][] => [
    [`in${letter}`, portIn(SIZES[letter])],
    [`out${letter}`, portOut(SIZES[letter])],
  ]),
  ["read", readBlock((bytes) => `0x${bytes.toString("hex")}`)],
  ["write", writeBlock(hexBytes)],
  ["b64read", readBlock((bytes) => bytes.toString("base64"))],
  ["b64write", writeBlock(base64Bytes)],
  ["memset", memset],
  ["endianness", () => "little"],
  ["clock_step", clockStep],
  ["clock_set", clockSet],
  ["irq_intercept_in", interceptIn],
  ["irq_intercept_out", interceptOut],
  ["viommu_messages", messages],
]);
