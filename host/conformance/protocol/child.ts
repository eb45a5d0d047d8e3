import { spawn, type ChildProcess } from "node:child_process";
import { connect } from "node:net";
import { LineConnection } from "./connection.js";
import type { RemoteEnd } from "./remote-target.js";

/** Characters of a target's messages that a report shows. */
const SHOWN = 500;

/** Starts a program that speaks the protocol on its standard input and output. */
export function startProgram(program: string, args: readonly string[]): Promise<RemoteEnd> {
  return Promise.resolve(endOf(spawn(program, [...args], { stdio: "pipe" })));
}

/** As `startProgram`, by a command line for the shell. */
export function startCommand(command: string): Promise<RemoteEnd> {
  // A group of its own, so that the shell's children end with it.
  const detached = process.platform !== "win32";
  return Promise.resolve(endOf(spawn(command, { stdio: "pipe", shell: true, detached }), detached));
}

function endOf(child: ChildProcess, isGroup = false): RemoteEnd {
  const { stdin, stdout, stderr, pid } = child;
  let messages = "";
  let exit = "";
  stderr!.setEncoding("utf8");
  stderr!.on("data", (text: string) => (messages = (messages + text).slice(-SHOWN)));
  const kill = (): void => {
    if (child.exitCode !== null || child.signalCode !== null || pid === undefined) return;
    try {
      if (isGroup) process.kill(-pid, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has ended in the meantime.
    }
  };
  const gone = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      exit = error.message;
      resolve();
    });
    child.on("close", (code, signal) => {
      exit ||= signal === null ? `exit code ${code}` : `ended by ${signal}`;
      resolve();
    });
  });
  const connection = new LineConnection(stdout!, stdin!, {
    end: () => {
      kill();
      return gone;
    },
    account: () => [exit, messages.trim()].filter((part) => part !== "").join("; "),
  });
  // A target does not outlive the suite.
  process.once("exit", kill);
  child.once("exit", () => process.removeListener("exit", kill));
  return { connection, kill };
}

/** Connects to a target that waits at a Unix socket, or at HOST:PORT. */
export function connectTo(where: string): Promise<RemoteEnd> {
  const [, host, port] = /^(.*):(\d+)$/.exec(where) ?? [];
  const socket =
    port === undefined
      ? connect({ path: where })
      : connect({ host: host === "" ? "localhost" : host!, port: Number(port) });
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => {
      reject(new Error(`no connection to ${where}: ${error.message}`));
    });
    socket.once("connect", () => {
      const connection = new LineConnection(socket, socket);
      resolve({ connection, kill: () => socket.destroy() });
    });
  });
}
