import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QemuError } from "../qemu/qemu-error.js";
import type { QemuProgram } from "../qemu/qemu-program.js";
import { QtestClient } from "./client.js";

export interface StartQemuOptions {
  readonly qemu: Pick<QemuProgram, "path" | "endsWithParent">;
  /** Options behind those of every run: `-device intel-iommu,...`. */
  readonly arguments: readonly string[];
  /** Default 512. */
  readonly memoryMib?: number;
  /** Milliseconds that QEMU has to connect, and for each answer. Default 30,000. */
  readonly timeLimitMs?: number;
}

/** A QEMU whose machine stands still but for what the client does. */
export interface StartedQemu {
  readonly client: QtestClient;
  /** Ends QEMU; its files are gone afterwards. */
  readonly close: () => Promise<void>;
}

const USUAL_TIME_LIMIT_MS = 30_000;
const MOST_ERROR_TEXT = 1 << 14;

/**
 * Starts QEMU's q35 machine under the qtest accelerator, without default devices.
 * @throws QemuError if it does not take its options, or does not connect.
 */
export async function startQemu(options: StartQemuOptions): Promise<StartedQemu> {
  const { qemu, memoryMib = 512, timeLimitMs = USUAL_TIME_LIMIT_MS } = options;
  const folder = mkdtempSync(join(tmpdir(), `viommu-qtest-${process.pid}-`));
  const socket = join(folder, "qtest");
  const waiting = new AbortController();
  const accepted = QtestClient.accept(socket, waiting.signal, { timeLimitMs });
  const child = spawn(
    qemu.path,
    [
      ...["-machine", "q35,accel=qtest", "-m", `${memoryMib}M`],
      ...["-nodefaults", "-display", "none"],
      ...["-qtest", `unix:${socket.replaceAll(",", ",,")}`, "-qtest-log", "none"],
      ...(qemu.endsWithParent ? ["-run-with", "exit-with-parent=on"] : []),
      ...options.arguments,
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const close = async (): Promise<void> => {
    child.kill("SIGKILL");
    await closed;
    rmSync(folder, { recursive: true, force: true });
  };
  const failed = failureOf(child, timeLimitMs);
  try {
    const client = await Promise.race([accepted, failed.promise]);
    return {
      client,
      close: async () => {
        client.close();
        await close();
      },
    };
  } catch (error) {
    waiting.abort();
    await accepted.then(
      (client) => {
        client.close();
      },
      () => undefined,
    );
    await close();
    throw error;
  } finally {
    failed.stop();
  }
}

/** Rejects if QEMU ends, or the time limit passes. */
function failureOf(
  child: ChildProcess,
  timeLimitMs: number,
): { promise: Promise<never>; stop: () => void } {
  let errorText = "";
  child.stderr?.on("data", (bytes: Buffer) => {
    if (errorText.length < MOST_ERROR_TEXT) errorText += bytes.toString();
  });
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<never>((_, reject) => {
    child.once("error", (error) => {
      reject(new QemuError(`QEMU does not start: ${error.message}`));
    });
    child.once("close", (code, signal) => {
      const how = signal === null ? `code ${code}` : signal;
      const said = errorText.trim();
      reject(new QemuError(`QEMU ended with ${how}${said === "" ? "" : `: ${said}`}`));
    });
    timer = setTimeout(() => {
      reject(new QemuError(`QEMU did not connect in ${timeLimitMs} ms`));
    }, timeLimitMs);
  });
  // QEMU ends some time, and after `stop` nobody asks why.
  promise.catch(() => undefined);
  return {
    promise,
    stop: () => {
      clearTimeout(timer);
    },
  };
}
