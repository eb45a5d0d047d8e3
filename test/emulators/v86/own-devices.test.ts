import type { V86Options } from "v86";
import { describe, expect, it } from "vitest";

import type { TranslatableDevice } from "../../../host/emulators/v86/index.js";
import type { V86VirtQueue } from "../../../host/emulators/v86/internals.js";
import { attach, type AttachedGuest } from "./attached.js";
import { x86 } from "./guest-code.js";
import { legacyDomain } from "./legacy-domain.js";

const CONSOLE = 0x60;
const RINGS = 0x4000_0000;
const BUFFER = 0x5000_0000;
const RINGS_FRAME = 0x30_0000n;
const BUFFER_FRAME = 0x40_0000n;
const QUEUE = { desc_addr: RINGS, avail_addr: RINGS + 0x400, used_addr: RINGS + 0x800 };
const ACCESS_PLATFORM = 2;
const WRITE_ONLY = 2n;

const ALL: V86Options = {
  virtio_console: { type: "none" },
  virtio_balloon: true,
  filesystem: {},
  net_device: { type: "virtio" },
};

/** A virtio console, translated, with one buffer of 16 bytes offered for input. */
async function guestWithConsole(): Promise<AttachedGuest & { queue: V86VirtQueue; send(): void }> {
  const options = { translatedDevices: ["virtio-console"] } as const;
  const guest = await attach([x86.exit(0)], options, { virtio_console: { type: "none" } });
  const { memory } = guest.attachment;
  memory.write64(RINGS_FRAME, BigInt(BUFFER));
  memory.write64(RINGS_FRAME + 8n, 16n | (WRITE_ONLY << 32n));
  memory.write64(RINGS_FRAME + 0x400n, 1n << 16n);
  const queue = guest.cpu.devices.virtio_console!.virtio.queues[0]!;
  Object.assign(queue, QUEUE, { enabled: true });
  const send = () => {
    const bus = guest.emulator as unknown as { bus: { send(event: string, data: object): void } };
    bus.bus.send("virtio-console0-input-bytes", Uint8Array.of(0x61, 0x62));
  };
  return { ...guest, queue, send };
}

const usedIndex = ({ attachment }: AttachedGuest) =>
  Number(((attachment.memory.read64(RINGS_FRAME + 0x800n) ?? 0n) >> 16n) & 0xffffn);

describe("a virtio device", () => {
  it("finds its rings and buffers through the unit", async () => {
    const guest = await guestWithConsole();
    const table = legacyDomain(guest.attachment, [CONSOLE]);
    table.map(BigInt(RINGS), RINGS_FRAME);
    table.map(BigInt(BUFFER), BUFFER_FRAME);
    guest.send();
    expect(guest.attachment.memory.tryReadBytes(BUFFER_FRAME, 3)).toEqual(
      Uint8Array.of(0x61, 0x62, 0),
    );
    expect(usedIndex(guest)).toBe(1);
  });

  it("drops what it writes to a buffer that is not mapped", async () => {
    const guest = await guestWithConsole();
    const table = legacyDomain(guest.attachment, [CONSOLE]);
    table.map(BigInt(RINGS), RINGS_FRAME);
    const faults: object[] = [];
    guest.attachment.iommu.on("fault", (fault) => faults.push(fault));
    guest.send();
    expect(faults).toMatchObject([{ sourceId: CONSOLE, address: BigInt(BUFFER) }]);
    expect(usedIndex(guest)).toBe(1);
  });

  it("sees no request in rings that it cannot read, and comes to an end", async () => {
    const guest = await guestWithConsole();
    legacyDomain(guest.attachment, [CONSOLE]);
    guest.send();
    expect(usedIndex(guest)).toBe(0);
  });

  it("takes a descriptor that it cannot read for an empty one", async () => {
    const guest = await guestWithConsole();
    const table = legacyDomain(guest.attachment, [CONSOLE]);
    table.map(BigInt(RINGS), RINGS_FRAME);
    Object.assign(guest.queue, { desc_addr: 0x6000_0000 });
    guest.send();
    expect(usedIndex(guest)).toBe(1);
  });
});

describe("which of v86's own devices are behind the unit", () => {
  const features = ({ cpu }: AttachedGuest) => {
    const { virtio_9p, virtio_net, virtio_balloon, virtio_console } = cpu.devices;
    return [virtio_9p, virtio_net, virtio_balloon, virtio_console].map(
      (device) => device!.virtio.device_feature[1]! & ACCESS_PLATFORM,
    );
  };

  it("is each that has DMA and a PCI function, and virtio offers ACCESS_PLATFORM", async () => {
    const guest = await attach([x86.exit(0)], {}, ALL);
    const { translatedDevices } = guest.attachment;
    expect(translatedDevices.map(({ name, sourceId }) => [name, sourceId])).toEqual([
      ["ide", 0xf0],
      ["virtio-9p", 0x30],
      ["virtio-net", 0x50],
      ["virtio-balloon", 0x58],
      ["virtio-console", 0x60],
    ]);
    expect(features(guest)).toEqual([2, 2, 2, 2]);
  });

  it("is what translatedDevices names, in DMAR too", async () => {
    const guest = await attach([x86.exit(0)], { translatedDevices: ["virtio-net"] }, ALL);
    expect(features(guest)).toEqual([0, 2, 0, 0]);
    const area = Buffer.from(guest.attachment.memory.tryReadBytes(0xe_0000n, 0x2_0000) ?? []);
    const unit = area.indexOf("DMAR") + 48;
    const scopes = area.subarray(unit + 16, unit + area.readUInt16LE(unit + 2));
    expect(scopes.length).toBe(3 * 8);
    expect([0x06, 0x0e, 0x16].map((at) => scopes[at])).toEqual([0x02, 0x03, 0x0a]);
  });

  it("is none for an empty list: their DMA goes to memory as ever", async () => {
    const guest = await attach([x86.exit(0)], { translatedDevices: [] }, ALL);
    expect(features(guest)).toEqual([0, 0, 0, 0]);
    expect(guest.attachment.translatedDevices).toEqual([]);
    expect(guest.cpu.devices.virtio_net!.virtio.cpu).toBe(guest.cpu);
  });

  it.each([
    [["sb16"], /"sb16": expected ide, virtio-9p/],
    [["virtio-net"], /"virtio-net", and this emulator has no such device/],
  ])("cannot be %j", async (translatedDevices, message) => {
    const names = translatedDevices as TranslatableDevice[];
    await expect(attach([x86.exit(0)], { translatedDevices: names })).rejects.toThrow(message);
  });
});
