import { connectTo, startCommand } from "../protocol/child.js";
import { remoteTarget } from "../protocol/remote-target.js";
import type { Target } from "../target.js";
import { corePortTarget, coreTarget, oracleTarget } from "./in-process.js";
import { qemuTarget, qtestTarget } from "./qtest/target.js";
import { wasmtimeTarget } from "./wasmtime/target.js";

type TargetMaker = (argument: string) => Target | Promise<Target>;

/** Targets that need nothing but their name. */
const plain: Readonly<Record<string, TargetMaker>> = {
  "core-port": () => corePortTarget,
  core: () => coreTarget,
  wasmtime: wasmtimeTarget,
  oracle: () => oracleTarget,
  qemu: () => qemuTarget(""),
};

/** Targets that need something behind a colon. */
const withArgument: Readonly<Record<string, TargetMaker>> = {
  stdio: (command) => remoteTarget("stdio", () => startCommand(command)),
  qemu: qemuTarget,
  qtest: qtestTarget,
  socket: (where) => remoteTarget("socket", () => connectTo(where)),
};

/** Names that `--target` takes. */
export const targetNames: readonly string[] = [
  ...Object.keys(plain),
  ...["qemu:PROGRAM", "qtest:PATH", "stdio:COMMAND", "socket:PATH", "socket:HOST:PORT"],
];

/**
 * The target called that, started if it is a program.
 * @throws RangeError naming those that there are
 * @throws TargetUnavailable if it cannot run here
 */
export async function targetNamed(name: string): Promise<Target> {
  const [kind = "", ...rest] = name.split(":");
  const argument = rest.join(":");
  const make = argument === "" ? plain[name] : withArgument[kind];
  if (make !== undefined) return make(argument);
  throw new RangeError(`no target "${name}"; there are ${targetNames.join(", ")}`);
}
