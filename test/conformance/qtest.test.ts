import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";

import {
  cases,
  runCases,
  TargetRefusal,
  targetNamed,
  TargetUnavailable,
  type Operation,
  type Session,
} from "../../host/conformance/index.js";
import { QtestServer } from "../../host/emulators/qtest/index.js";
import { SecondStageTable } from "../../host/tables/index.js";
import { temporaryFolder } from "../cli/run.js";
import { machineOf } from "../emulators/qtest/talk.js";

const EDU = "edu,dma_mask=0xffffffffffffffff";
const dist = fileURLToPath(new URL("../../dist/host/cli/system-x86_64.js", import.meta.url));

/** A program that QEMU's place is given to. */
function program(script: string): string {
  const path = join(temporaryFolder(), "program");
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** The command of this package that takes QEMU's options. */
function ownSystem(): string {
  return program(`exec "${process.execPath}" "${dist}" "$@"`);
}

/** A session with a server at a socket, in legacy mode unless `unit` says otherwise. */
async function sessionAt(unit = "intel-iommu"): Promise<Session> {
  const path = join(temporaryFolder(), "qtest");
  const server = await QtestServer.start({
    machine: { ...machineOf(unit, EDU, EDU), memoryBytes: 128 * 2 ** 20 },
    qtest: { kind: "unix", path, listens: true },
    packageVersion: "1.2.3",
    stdio: { input: process.stdin, output: process.stdout },
  });
  onTestFinished(() => server.close());
  const target = await targetNamed(`qtest:${path}`);
  const session = await target.open({ name: target.configurations![0]!, wishes: {} });
  onTestFinished(() => session.close());
  return session;
}

async function ask(session: Session, operation: Operation): Promise<Record<string, unknown>> {
  const [answer] = await session.perform([operation]);
  return { ...answer };
}

const PAGE = 0x200_0000n;
const IOVA = 0x10_0000_0000n;

/** Maps IOVA to PAGE, writable or not, for the first endpoint, and turns translation on. */
async function translate(session: Session, write: boolean): Promise<number> {
  const bytes = new Uint8Array(0x10_0000);
  const view = new DataView(bytes.buffer);
  const base = 0x180_0000n;
  const at = (address: bigint): number => Number(address - base);
  let next = base + 0x2000n;
  const memory = {
    read64: (address: bigint) => view.getBigUint64(at(address), true),
    write64: (address: bigint, value: bigint) => {
      view.setBigUint64(at(address), value, true);
      return true;
    },
  };
  const frames = {
    allocate: (count: number) => {
      const first = next;
      next += BigInt(count) * 0x1000n;
      return first;
    },
  };
  const table = new SecondStageTable({ memory: memory, frames, levels: 4 });
  table.map(IOVA, PAGE, { write });
  const [sourceId] = session.description.endpoints as [number];
  memory.write64(base, (base + 0x1000n) | 1n);
  memory.write64(base + 0x1000n + BigInt(16 * sourceId), table.pointer | 1n);
  memory.write64(base + 0x1008n + BigInt(16 * sourceId), (1n << 8n) | 2n);
  const used = Number(next - base);
  await session.perform([
    { op: "write-memory", address: base, data: bytes.slice(0, used) },
    { op: "write-memory", address: PAGE, data: Uint8Array.from({ length: 64 }, (_, i) => i + 1) },
    { op: "write-register", offset: 0x20, size: 8, value: base },
    { op: "write-register", offset: 0x18, size: 4, value: 1n << 30n },
    { op: "write-register", offset: 0x18, size: 4, value: 1n << 31n },
  ]);
  return sourceId;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a qtest server as a target", () => {
  it("has edus as endpoints, and says what those cannot express", async () => {
    const session = await sessionAt();
    expect(session.description.endpoints).toEqual([0x08, 0x10]);
    const { abilities } = session.description;
    expect(
      ["reset", "dma", "config", "interrupts"].every((each) => abilities.has(each as "dma")),
    ).toBe(true);
    expect(
      ["pasid", "ats", "pri", "in-flight", "poison"].some((each) => abilities.has(each as "ats")),
    ).toBe(false);
    expect(await ask(session, { op: "heal" })).toEqual({
      ok: false,
      reason: "heal cannot be said in qtest",
      unsupported: true,
    });
  });

  it("reads and writes through the unit, and tells what the unit blocks", async () => {
    const session = await sessionAt();
    const sourceId = await translate(session, true);
    const read = { op: "dma", sourceId, access: "read", length: 3 } as const;
    expect(await ask(session, { ...read, address: IOVA + 4n })).toEqual({
      ok: true,
      outcome: "done",
      data: Uint8Array.of(5, 6, 7),
    });
    expect(await ask(session, { ...read, address: 0x5000n })).toEqual({
      ok: true,
      outcome: "blocked",
    });
    const data = Uint8Array.of(9, 8, 7, 6);
    const write = { op: "dma", sourceId, access: "write", length: 4, data } as const;
    expect(await ask(session, { ...write, address: IOVA + 8n })).toEqual({
      ok: true,
      outcome: "done",
    });
    expect(await ask(session, { op: "read-memory", address: PAGE + 8n, length: 4 })).toEqual({
      ok: true,
      data,
    });
    // It leaves translation as it was.
    expect(await ask(session, { op: "read-register", offset: 0x1c, size: 4 })).toEqual({
      ok: true,
      value: 0xc000_0000n,
    });
  });

  it("tells of a write that the unit blocks", async () => {
    const session = await sessionAt();
    const sourceId = await translate(session, false);
    const data = Uint8Array.of(9, 8, 7, 6);
    const write = { op: "dma", sourceId, address: IOVA, access: "write", length: 4, data } as const;
    expect(await ask(session, write)).toEqual({ ok: true, outcome: "blocked" });
    const faults = await ask(session, { op: "read-register", offset: 0x228, size: 8 });
    expect(faults["value"]).toBe(0x8000_0005_0000_0008n);
  });

  it("skips what its endpoints cannot tell, and fails what is wrong with a request", async () => {
    const session = await sessionAt();
    const [sourceId] = session.description.endpoints as [number];
    const dma = { op: "dma", sourceId, address: 0x200_0000n, access: "write" } as const;
    await session.perform([{ op: "fill-memory", address: 0x200_0000n, length: 4096, value: 7 }]);
    const again = { ...dma, length: 2, data: Uint8Array.of(7, 7) };
    expect(await ask(session, again)).toMatchObject({ ok: false, unsupported: true });
    const zero = { ...dma, address: 0x300_0000n, access: "read", length: 1 } as const;
    expect(await ask(session, zero)).toMatchObject({ ok: false, unsupported: true });
    expect(await ask(session, { ...dma, address: 0xfee0_0000n, length: 4 })).toMatchObject({
      unsupported: true,
    });
    expect(
      await ask(session, { op: "interrupt", sourceId, address: 0xfee0_0000n, data: 0x1_0000 }),
    ).toMatchObject({
      reason: "an edu sends messages with 16 bits of data",
    });
    expect(await ask(session, { ...dma, sourceId: 0x77, length: 1 })).toMatchObject({
      reason: "no endpoint has the source-id 119",
      unsupported: true,
    });
    expect(await ask(session, { op: "read-register", offset: 0, size: 3 })).toMatchObject({
      unsupported: true,
    });
    expect(await ask(session, { op: "reset", kind: "warm" })).toMatchObject({ unsupported: true });
    expect(await ask(session, { op: "read-config", sourceId, offset: 256, size: 4 })).toMatchObject(
      {
        unsupported: true,
      },
    );
  });

  it("reads configuration space, sends interrupts, resets", async () => {
    const session = await sessionAt();
    const [, sourceId] = session.description.endpoints as [number, number];
    const identity = { op: "read-config", sourceId, offset: 2, size: 2 } as const;
    expect(await ask(session, identity)).toEqual({ ok: true, value: 0x11e8 });
    await session.perform([
      { op: "write-config", sourceId, offset: 0x3c, size: 1, value: 9 },
      { op: "interrupt", sourceId, address: 0xfee0_2000n, data: 0x51 },
    ]);
    expect(await ask(session, { op: "take-events" })).toEqual({
      ok: true,
      events: [{ kind: "interrupt", address: 0xfee0_2000n, data: 0x51 }],
    });
    await session.perform([{ op: "write-register", offset: 0x20, size: 8, value: 0x5000n }]);
    await session.perform([{ op: "reset", kind: "power-good" }]);
    expect(await ask(session, { op: "read-register", offset: 0x20, size: 8 })).toMatchObject({
      value: 0n,
    });
    expect(await ask(session, { ...identity, offset: 0x3c, size: 1 })).toMatchObject({ value: 0 });
  });
});

describe("a QEMU as a target", () => {
  it("is started with the options that each case needs", async () => {
    const target = await targetNamed(`qemu:${ownSystem()}`);
    expect(target).toMatchObject({ name: "viommu-system-x86_64", mayHang: true });
    const some = cases.filter(({ id }) => /^VTD-3\.4-read-and-write/.test(id));
    const { cases: results } = await runCases({ target, cases: some, presets: [] });
    const lines = results.map(
      ({ id, configuration, status }) => `${id} ${configuration} ${status}`,
    );
    expect(lines).toEqual([
      "VTD-3.4-read-and-write-legacy legacy passed",
      "VTD-3.4-read-and-write-legacy-pass-through legacy passed",
      "VTD-3.4-read-and-write-first-stage scalable-first-stage passed",
      "VTD-3.4-read-and-write-second-stage scalable-second-stage passed",
      "VTD-3.4-read-and-write-nested  skipped",
      "VTD-3.4-read-and-write-pass-through scalable-second-stage passed",
    ]);
  });

  it("is unavailable where there is none, and the message says how to get it", async () => {
    vi.stubEnv("PATH", temporaryFolder());
    vi.stubEnv("VIOMMU_CACHE", temporaryFolder());
    await expect(targetNamed("qemu")).rejects.toThrow(TargetUnavailable);
    await expect(targetNamed("qemu")).rejects.toThrow(
      /there is no qemu-system-x86_64.*to get one: .*sid-root\.sh/,
    );
  });

  it("is found where the Linux tests keep theirs", async () => {
    vi.stubEnv("PATH", temporaryFolder());
    const cache = temporaryFolder();
    vi.stubEnv("VIOMMU_CACHE", cache);
    mkdirSync(join(cache, "linux/sid-1"), { recursive: true });
    writeFileSync(join(cache, "linux/sid-1/versions.txt"), "");
    const path = join(cache, "linux/sid-1/qemu-system-x86_64");
    writeFileSync(path, "#!/bin/sh\necho QEMU emulator version 11.1.3\n");
    chmodSync(path, 0o755);
    expect(await targetNamed("qemu")).toMatchObject({
      name: "qemu",
      title: "QEMU 11.1.3, intel-iommu",
    });
  });

  it("that ends at once fails the case with what it said", async () => {
    const path = program(
      '[ "$1" = --version ] && echo "QEMU emulator version 11.1.3" && exit 0\necho "no such machine" >&2; exit 1',
    );
    const target = await targetNamed(`qemu:${path}`);
    await expect(target.open({ name: "legacy", wishes: {} })).rejects.toThrow(
      "QEMU ended with code 1: no such machine",
    );
    await expect(target.open({ name: "other", wishes: {} })).rejects.toThrow(TargetRefusal);
  });
});
