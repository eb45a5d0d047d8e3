import { V86 } from "v86";
import {
  attachIommu,
  prepareV86,
  type Attachment,
  type AttachOptions,
  type Ending,
} from "../../host/emulators/v86/index.js";
import { readImage } from "./images.js";

export interface Boot {
  readonly ending: Ending;
  readonly lines: readonly string[];
}

export interface Guest {
  readonly image: string;
  /** Its command line. */
  readonly commandLine?: string;
  readonly memoryMib?: number;
  /** The bytes of an IDE disk. */
  readonly disk?: ArrayBuffer;
  /** v86 translates hot code: faster, and not exactly repeatable. */
  readonly jit?: boolean;
}

/** Boots an image in v86 with a virtual IOMMU, until it exits. */
export async function bootWithUnit(
  { image, commandLine = "", memoryMib = 32, disk, jit = true }: Guest,
  options: AttachOptions,
  prepare: (attachment: Attachment) => void = () => undefined,
): Promise<Boot> {
  const emulator = new V86(
    prepareV86({
      memory_size: memoryMib * 2 ** 20,
      multiboot: { buffer: new Uint8Array(readImage(image)).buffer },
      cmdline: commandLine,
      disable_jit: !jit,
      ...(disk && { hda: { buffer: disk } }),
    }),
  );
  let serial = "";
  emulator.add_listener("serial0-output-byte", (byte: number) => {
    serial += String.fromCharCode(byte);
  });
  const attachment = await attachIommu(emulator, options);
  prepare(attachment);
  void emulator.run();
  const ending = await attachment.ending;
  await attachment.destroy();
  return { ending, lines: serial.trimEnd().split("\n") };
}

/** The lines that are checks. */
export const checksOf = ({ lines }: Boot): string[] =>
  lines.filter((line) => /^(not ok|ok|skip) /.test(line));
