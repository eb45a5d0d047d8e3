import { expect, it } from "vitest";

import {
  checkedCpu,
  checkIde,
  checkVirtio,
  isLoaded,
  NEEDED_NAMES,
  TESTED_V86_VERSION,
  V86MismatchError,
  type V86Cpu,
  type V86Ide,
} from "../../../host/emulators/v86/internals.js";
import { prepareV86 } from "../../../host/emulators/v86/prepare.js";

/** An object that has all names that the plugin needs, each of the right kind. */
function lookAlike(): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  const kinds = new Map(NEEDED_NAMES.map(({ path, kind }) => [path, kind]));
  for (const [path, kind] of kinds) {
    const names = path.split(".");
    let parent = root;
    for (const name of names.slice(0, -1)) {
      parent = (parent[name] ??= {}) as Record<string, unknown>;
    }
    const last = names.at(-1) ?? "";
    if (kind === "object") parent[last] ??= {};
    else parent[last] = kind === "function" ? () => 0 : 1;
  }
  return root;
}

function remove(root: Record<string, unknown>, path: string): void {
  const names = path.split(".");
  let parent = root;
  for (const name of names.slice(0, -1)) parent = parent[name] as Record<string, unknown>;
  parent[names.at(-1) ?? ""] = undefined;
}

it("finds every needed name in an emulator that has them all", () => {
  expect(() => checkedCpu(lookAlike())).not.toThrow();
});

it.each(NEEDED_NAMES.map(({ path }) => path))(
  "names %s when it is missing, and the version that was tested",
  (path) => {
    const emulator = lookAlike();
    remove(emulator, path);
    const check = () => checkedCpu(emulator);
    expect(check).toThrow(V86MismatchError);
    expect(check).toThrow(`"emulator.${path}"`);
    expect(check).toThrow(TESTED_V86_VERSION);
  },
);

it("knows an emulator that has created its devices", () => {
  expect(isLoaded(lookAlike())).toBe(true);
  expect(isLoaded({ v86: { cpu: { devices: {} } } })).toBe(false);
  expect(isLoaded({})).toBe(false);
});

it("prepares options that keep the guest from starting and give it a local APIC", () => {
  expect(prepareV86({ memory_size: 1 << 25 })).toMatchObject({
    autostart: false,
    acpi: true,
    memory_size: 1 << 25,
    wasm_path: expect.stringMatching(/v86\.wasm$/) as string,
  });
});

it("refuses options that contradict what the attachment needs", () => {
  expect(() => prepareV86({ autostart: true })).toThrow(/attach the IOMMU first/);
  expect(() => prepareV86({ acpi: false })).toThrow(/local APIC/);
  const initial_state = { buffer: new ArrayBuffer(1) };
  expect(() => prepareV86({ initial_state })).toThrow(/call restore_state/);
});

/** Devices that have all names that their translation needs, each of the right kind. */
const queue = () => ({
  cpu: {},
  avail_addr: 0,
  avail_last_idx: 0,
  avail_get_idx: () => 0,
  get_descriptor: () => ({}),
});
const virtio = () => ({ cpu: {}, pci_id: 1, device_feature: [0, 0], queues: [queue(), queue()] });
const channel = () => ({ master: { cpu: {} }, slave: { cpu: {} }, dma_status: 0 });

it.each([
  ["cpu", { cpu: undefined }],
  ["queues", { queues: undefined }],
  ["device_feature.1", { device_feature: [] }],
  ["queues.1.get_descriptor", { queues: [queue(), { ...queue(), get_descriptor: 1 }] }],
])("names %s when a virtio device lacks it", (name, spoilt) => {
  const cpu = (device: object) => ({ devices: { virtio_net: { virtio: device } } });
  const check = (device: object) => () => {
    checkVirtio(cpu(device) as unknown as V86Cpu, "virtio_net");
  };
  expect(check(virtio())).not.toThrow();
  expect(check({ ...virtio(), ...spoilt })).toThrow(
    `"emulator.v86.cpu.devices.virtio_net.virtio.${name}"`,
  );
});

it.each([
  ["pci_id", { pci_id: undefined }],
  ["primary.dma_status", { primary: { ...channel(), dma_status: undefined } }],
  ["secondary.slave.cpu", { secondary: { ...channel(), slave: {} } }],
])("names %s when the IDE controller lacks it", (name, spoilt) => {
  const check = (ide: object) => () => {
    checkIde({ devices: { ide } } as unknown as V86Cpu, ide as V86Ide);
  };
  const whole = { pci_id: 1, primary: channel(), secondary: channel() };
  expect(check(whole)).not.toThrow();
  expect(check({ ...whole, primary: undefined })).not.toThrow();
  expect(check({ ...whole, ...spoilt })).toThrow(`"emulator.v86.cpu.devices.ide.${name}"`);
});
