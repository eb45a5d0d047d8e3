import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { V86 } from "v86";
import { readImage } from "./images.js";

const EXIT_PORT = 0xf4;
const wasmPath = createRequire(import.meta.url).resolve("v86/build/v86.wasm");

/** What v86 does not declare: the I/O ports of a machine that has loaded. */
interface LoadedMachine {
  v86: {
    cpu: {
      io: {
        register_write(
          port: number,
          device: object,
          write8: undefined,
          write16: undefined,
          write32: (value: number) => void,
        ): void;
      };
    };
  };
}

/** Boots an image in v86 as published, without IOMMU, ACPI tables or BIOS, until it exits. */
async function bootAlone(image: string): Promise<{ lines: string[]; exitCode: number }> {
  const { buffer, byteOffset, byteLength } = readImage(image);
  const emulator = new V86({
    wasm_path: wasmPath,
    autostart: false,
    acpi: true,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    memory_size: 32 * 2 ** 20,
    multiboot: { buffer: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer },
  });
  let serial = "";
  emulator.add_listener("serial0-output-byte", (byte: number) => {
    serial += String.fromCharCode(byte);
  });
  const exitCode = await new Promise<number>((resolve) => {
    emulator.add_listener("emulator-loaded", () => {
      const { io } = (emulator as unknown as LoadedMachine).v86.cpu;
      io.register_write(EXIT_PORT, {}, undefined, undefined, resolve);
      void emulator.run();
    });
  });
  // v86 is inside guest code while it calls the port's handler.
  await sleep(1);
  await emulator.destroy();
  return { lines: serial.split("\n"), exitCode };
}

describe("on a machine without ACPI tables", () => {
  it("pri-demo says what it did not find and ends with failure", async () => {
    expect(await bootAlone("pri-demo.elf")).toEqual({
      lines: [
        "# pri-demo: page requests of an endpoint, served by this firmware",
        "not ok find-dmar: no RSDP between 0xe0000 and 0xfffff",
        "1..1",
        "",
      ],
      exitCode: 1,
    });
  });

  it("fail reports one check of each kind and ends with failure", async () => {
    expect(await bootAlone("fail.elf")).toEqual({
      lines: [
        "ok started",
        "not ok fails-on-purpose: this program exists to fail",
        "1..2",
        "",
      ],
      exitCode: 1,
    });
  });
});
