import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { temporaryFolder } from "./run.js";

/**
 * A program that acts as QEMU as far as the command sees it. Its script has `args`; `say(text)`, the
 * console; `monitor()`, a connection to the monitor, `tell(reason)`, its SHUTDOWN event; `client(index)`, a connection to a function's
 * socket that answers `ask(command, body)` when the reply is there; and `bytes(...[size, value])`.
 */
export function fakeQemu(script: string, version = "11.1.3"): string {
  const path = join(temporaryFolder(), "qemu");
  writeFileSync(path, `#!${process.execPath}\n${PRELUDE(version)}\n${script}\n}\n`);
  chmodSync(path, 0o755);
  return path;
}

const PRELUDE = (version: string) => `
const { connect } = require("node:net");
const { once } = require("node:events");
const args = process.argv.slice(2);
if (args[0] === "--version") console.log("QEMU emulator version ${version} (made up)");
else setImmediate(main);
const bytes = (...fields) => Buffer.concat(fields.map(([size, value]) => {
  const field = Buffer.alloc(size);
  size === 8 ? field.writeBigUInt64LE(BigInt(value)) : field.writeUIntLE(value, 0, size);
  return field;
}));
const say = (text) => new Promise((done) => process.stdout.write(text, done));
async function tell(reason) {
  const monitor = connect(args[args.indexOf("-qmp") + 1].replace("unix:", ""));
  await once(monitor, "data");
  monitor.write('{"QMP":{}}\\n{"event":"SHUTDOWN","data":{"guest":true,"reason":"' + reason + '"}}\\n');
  monitor.end(() => process.exit(0));
  await new Promise(() => undefined);
}
async function monitor() {
  const socket = connect(args[args.indexOf("-qmp") + 1].replace("unix:", ""));
  await once(socket, "data");
}
async function client(index) {
  const devices = args.filter((_, i) => args[i - 1] === "-device").map((text) => JSON.parse(text));
  const socket = connect(devices[index].socket.path);
  await once(socket, "connect");
  const ask = async (command, body = Buffer.alloc(0)) => {
    socket.write(Buffer.concat([bytes([2, 1], [2, command], [4, 16 + body.length], [4, 0], [4, 0]), body]));
    await once(socket, "data");
  };
  await ask(1, Buffer.from("\\0\\0\\0\\0{}\\0"));
  return { socket, ask };
}
async function main() {`;
