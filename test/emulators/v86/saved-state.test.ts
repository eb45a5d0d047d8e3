import { readFileSync } from "node:fs";

import { V86, type V86Options } from "v86";
import { afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { bootCounters } from "../../../host/cli/boot-counters.js";
import { SnapshotError } from "../../../host/core/snapshot-error.js";
import {
  attachIommu,
  prepareV86,
  type Attachment,
  type AttachOptions,
} from "../../../host/emulators/v86/index.js";
import { attach } from "./attached.js";
import { guestImage, x86 } from "./guest-code.js";
import { legacyDomain } from "./legacy-domain.js";
import { steppingClock } from "./stepping-clock.js";

const DEMO = new URL("../../../images/pri-demo.elf", import.meta.url);

const running: Attachment[] = [];

afterEach(async () => {
  for (const attachment of running.splice(0)) await attachment.destroy();
});

/** A machine with the demonstration of page requests, and what it has printed. */
class DemoRun {
  readonly emulator: V86;
  readonly attachment: Attachment;
  serial = "";

  private constructor(emulator: V86, attachment: Attachment) {
    this.emulator = emulator;
    this.attachment = attachment;
    emulator.add_listener("serial0-output-byte", (byte) => {
      this.serial += String.fromCharCode(byte);
    });
  }

  static async create(): Promise<DemoRun> {
    const image = new Uint8Array(readFileSync(DEMO));
    const emulator = new V86(
      prepareV86({
        ...steppingClock(),
        multiboot: { buffer: image.buffer },
        cmdline: "seed=1",
        memory_size: 64 << 20,
        vga_memory_size: 1 << 20,
      }),
    );
    const attachment = await attachIommu(emulator, {});
    const run = new DemoRun(emulator, attachment);
    running.push(attachment);
    return run;
  }

  /** Stops after the n-th interrupt that tells of new page requests, before the guest answers them. */
  async runToPageRequest(n: number): Promise<void> {
    const { iommu } = this.attachment;
    const stopped = new Promise<void>((resolve) => {
      this.emulator.add_listener("emulator-stopped", () => {
        resolve();
      });
    });
    let [met, known] = [0, iommu.counters().pageRequests];
    let waiting = false;
    const offAnswers = iommu.on("pageGroupResponse", () => (waiting = false));
    const offRequests = iommu.on("interrupt", () => {
      const { pageRequests } = iommu.counters();
      if (pageRequests === known) return;
      known = pageRequests;
      waiting = true;
      if (++met === n) void this.emulator.stop();
    });
    await this.emulator.run();
    await stopped;
    offAnswers();
    offRequests();
    // One block of guest code may have seen more of them.
    expect(met).toBeGreaterThanOrEqual(n);
    expect(waiting).toBe(true);
  }

  async runToEnd(): Promise<object> {
    await this.emulator.run();
    const ending = await this.attachment.ending;
    return { ending, counters: bootCounters(this.attachment), serial: this.serial };
  }
}

describe("a machine that is saved between a page request and its answer", () => {
  let whole: { serial: string };

  beforeAll(async () => {
    const run = await DemoRun.create();
    whole = (await run.runToEnd()) as { serial: string };
    expect(whole).toMatchObject({ ending: { kind: "exit", code: 0 } });
  });

  it.each([1, 2, 5])("goes on in a new emulator as if nothing had been (request %i)", async (n) => {
    const first = await DemoRun.create();
    await first.runToPageRequest(n);
    const printed = first.serial;
    const image = await first.emulator.save_state();

    const second = await DemoRun.create();
    await second.emulator.restore_state(image);
    second.serial = printed;
    expect(await second.runToEnd()).toEqual(whole);
    expect(await first.runToEnd()).toEqual(whole);
    expect(printed.length).toBeLessThan(whole.serial.length);
  });

  it("can go back in the same emulator", async () => {
    const run = await DemoRun.create();
    await run.runToPageRequest(1);
    const [image, printed] = [await run.emulator.save_state(), run.serial];
    await run.runToPageRequest(3);
    await run.emulator.restore_state(image);
    run.serial = printed;
    expect(await run.runToEnd()).toEqual(whole);
  });
});

it("translates the DMA of v86's own devices after it was restored", async () => {
  const disk = () => Uint32Array.from({ length: 0x1000 }, (_, index) => index).buffer;
  const read = [
    ...[x86.out32(0xb404, 0x4000_0000), x86.out8(0x1f6, 0xe0), x86.out8(0x1f2, 1)],
    ...[x86.out8(0x1f3, 0), x86.out8(0x1f4, 0), x86.out8(0x1f5, 0), x86.out8(0x1f7, 0xc8)],
    ...[x86.out8(0xb400, 9), x86.exit(0)],
  ];
  const first = await attach(read, { preset: "legacy" }, { hda: { buffer: disk() } });
  const table = legacyDomain(first.attachment, [0xf0]);
  table.map(0x4000_0000n, 0x30_0000n);
  table.map(0x5000_0000n, 0x40_0000n);
  first.attachment.memory.write64(0x30_0000n, 0x8000_0200_5000_0000n);
  const image = await first.emulator.save_state();

  const second = await attach(read, { preset: "legacy" }, { hda: { buffer: disk() } });
  await second.emulator.restore_state(image);
  await second.emulator.run();
  expect(await second.attachment.ending).toEqual({ kind: "exit", code: 0 });
  expect(second.attachment.memory.read64(0x40_0008n)).toBe(0x3_0000_0002n);
});

describe("restore_state refuses, and changes nothing:", () => {
  const spoilt = (image: ArrayBuffer, fromEnd: number, value: number): ArrayBuffer => {
    const bytes = new Uint8Array(image.slice(0));
    bytes[bytes.length - fromEnd] = value;
    return bytes.buffer;
  };

  const guest = (options: AttachOptions = {}, v86Options: V86Options = {}) =>
    attach([x86.exit(0)], options, v86Options);

  async function expectRefused(image: ArrayBuffer, message: RegExp): Promise<void> {
    const { emulator, attachment } = await guest();
    attachment.iommu.write32(0x3c, 0x55);
    const restored = emulator.restore_state(image);
    await expect(restored).rejects.toThrow(SnapshotError);
    await expect(restored).rejects.toThrow(message);
    expect(attachment.iommu.read32(0x3c)).toBe(0x55);
  }

  it("a state of v86 alone", async () => {
    const emulator = new V86(
      prepareV86({
        memory_size: 16 << 20,
        vga_memory_size: 1 << 20,
        multiboot: { buffer: guestImage(x86.hlt) },
      }),
    );
    onTestFinished(() => emulator.destroy());
    await new Promise<void>((resolve) => {
      emulator.add_listener("emulator-loaded", () => {
        resolve();
      });
    });
    await expectRefused(await emulator.save_state(), /state of v86 without an IOMMU/);
  });

  it("what is compressed, or no state at all", async () => {
    const zstd = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0).buffer;
    await expectRefused(zstd, /decompress it/);
    await expectRefused(new ArrayBuffer(100), /no saved machine/);
    await expectRefused(new ArrayBuffer(0), /no saved machine/);
  });

  it("another version, and a state with bytes missing", async () => {
    const image = await (await guest()).emulator.save_state();
    await expectRefused(spoilt(image, 12, 9), /version 9, expected 1/);
    await expectRefused(image.slice(8), /bytes of state, its end says/);
  });

  it.each<[string, AttachOptions, V86Options, RegExp]>([
    ["less RAM", {}, { memory_size: 8 << 20 }, /guest RAM of 8388608, and this one 16777216/],
    ["registers elsewhere", { registerBase: 0xfed8_0000 }, {}, /registerBase 4275568640/],
    ["other devices behind the unit", { translatedDevices: [] }, {}, /translatedDevices \[\]/],
    ["other endpoints", { endpoints: [] }, {}, /function at .* and the snapshot has none/],
    ["a unit with other capabilities", { preset: "linux" }, {}, /other capabilities/],
  ])("a machine with %s", async (_what, options, v86Options, message) => {
    const { emulator } = await guest(options, v86Options);
    await expectRefused(await emulator.save_state(), message);
  });

  it("a guest that has come to its end", async () => {
    const { emulator, attachment } = await guest();
    const image = await emulator.save_state();
    await emulator.run();
    await attachment.ending;
    await expect(emulator.restore_state(image)).rejects.toThrow(/restore into a new emulator/);
  });
});

it("is refused to a listener in the middle of an instruction", async () => {
  const { emulator, attachment } = await attach([x86.store32(0xfed9_0038, 0), x86.exit(0)]);
  let saved: Promise<ArrayBuffer> | undefined;
  const access = attachment.iommu.access.bind(attachment.iommu);
  attachment.iommu.access = (request) => {
    saved = emulator.save_state();
    saved.catch(() => undefined);
    return access(request);
  };
  await emulator.run();
  await attachment.ending;
  await expect(saved).rejects.toThrow(/wait until it has returned/);
});
