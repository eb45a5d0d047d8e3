import { V86, type V86Options } from "v86";
import { onTestFinished } from "vitest";

import { GuestLoop, type LoopHooks } from "../../../host/emulators/v86/guest-loop.js";
import { checkedCpu, type V86Cpu } from "../../../host/emulators/v86/internals.js";
import { prepareV86 } from "../../../host/emulators/v86/prepare.js";

/** A loaded v86 with this image, destroyed when the test ends. */
export async function loadGuest(
  image: ArrayBuffer | undefined,
  options: V86Options = {},
): Promise<{ emulator: V86; cpu: V86Cpu }> {
  const multiboot = image === undefined ? {} : { multiboot: { buffer: image } };
  const emulator = new V86(
    prepareV86({ memory_size: 16 << 20, vga_memory_size: 1 << 20, ...multiboot, ...options }),
  );
  onTestFinished(() => emulator.destroy());
  await new Promise<void>((resolve) => {
    emulator.add_listener("emulator-loaded", () => {
      resolve();
    });
  });
  return { emulator, cpu: checkedCpu(emulator) };
}

/** The loop of a loaded guest, whose exit port is 0xf4. */
export function loopOf(
  { emulator, cpu }: { emulator: V86; cpu: V86Cpu },
  hooks: Partial<LoopHooks> = {},
): GuestLoop {
  const loop = new GuestLoop(cpu, {
    pause: () => false,
    reset: () => undefined,
    ended: () => void emulator.stop(),
    ...hooks,
  });
  loop.listenForExit(cpu, 0xf4);
  return loop;
}
