import { V86, type V86Options } from "v86";
import { onTestFinished } from "vitest";

import {
  attachIommu,
  prepareV86,
  type Attachment,
  type AttachOptions,
} from "../../../host/emulators/v86/index.js";
import { checkedCpu, type V86Cpu } from "../../../host/emulators/v86/internals.js";
import { guestImage, type Code } from "./guest-code.js";

export interface AttachedGuest {
  readonly emulator: V86;
  readonly attachment: Attachment;
  readonly cpu: V86Cpu;
}

/** A guest of 16 MiB with a unit, destroyed when the test ends. */
export async function attach(
  code: readonly Code[],
  options: AttachOptions = {},
  v86Options: V86Options = {},
): Promise<AttachedGuest> {
  const emulator = new V86(
    prepareV86({
      memory_size: 16 << 20,
      vga_memory_size: 1 << 20,
      multiboot: { buffer: guestImage(...code) },
      ...v86Options,
    }),
  );
  const attachment = await attachIommu(emulator, options);
  onTestFinished(() => attachment.destroy());
  return { emulator, attachment, cpu: checkedCpu(emulator) };
}
