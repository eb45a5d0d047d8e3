import { V86 } from "v86";
import { expect, it, onTestFinished } from "vitest";

import { attachIommu, prepareV86 } from "../../../host/emulators/v86/index.js";

it("lets endpoints end their requests in flight before the unit is reset", async () => {
  // Counts in [500h], and the first time resets the machine by the keyboard controller.
  const bios = new Uint8Array(0x1_0000);
  bios.set([0xea, 0, 0, 0, 0xf0], 0xfff0);
  bios.set([
    ...[0x31, 0xc0, 0x8e, 0xd8, 0xfe, 0x06, 0x00, 0x05, 0x80, 0x3e, 0x00, 0x05, 0x01],
    ...[0x75, 0x06, 0xb0, 0xfe, 0xe6, 0x64, 0xeb, 0xfe, 0x30, 0xc0, 0xe6, 0xf4],
  ]);
  const memory = { memory_size: 16 << 20, vga_memory_size: 1 << 20 };
  const emulator = new V86(prepareV86({ ...memory, bios: { buffer: bios.buffer } }));
  const attachment = await attachIommu(emulator, {});
  onTestFinished(() => attachment.destroy());

  const [endpoint] = attachment.endpoints;
  const inFlight = { sourceId: endpoint!.id, address: 0n, access: "read" } as const;
  const { token } = attachment.iommu.beginAccess(inFlight);
  const reset = endpoint!.reset.bind(endpoint);
  let resets = 0;
  endpoint!.reset = () => {
    if (resets++ === 0) attachment.iommu.endAccess(token);
    reset();
  };
  await emulator.run();
  expect(await attachment.ending).toEqual({ kind: "exit", code: 0 });
  expect(resets).toBe(1);
});
