import { describe, expect, it } from "vitest";

import { machineOf, talkToMonitor, type Talk } from "./talk.js";

type Message = Record<string, unknown>;

/** The next message, without the time of an event. */
async function message({ line }: Talk): Promise<Message> {
  const { timestamp, ...rest } = JSON.parse(await line()) as Message;
  if ("event" in rest) expect(timestamp).toMatchObject({ seconds: expect.any(Number) as number });
  return rest;
}

async function ask(talk: Talk, request: unknown): Promise<Message> {
  talk.send(`${JSON.stringify(request)}\n`);
  return message(talk);
}

/** A monitor behind the greeting and the negotiation. */
async function ready(): Promise<Talk> {
  const talk = await talkToMonitor(machineOf("intel-iommu", "edu"));
  await message(talk);
  expect(await ask(talk, { execute: "qmp_capabilities" })).toEqual({ return: {} });
  return talk;
}

describe("the monitor", () => {
  it("greets, and negotiates before anything else", async () => {
    const talk = await talkToMonitor();
    expect(await message(talk)).toEqual({
      QMP: {
        version: { qemu: { micro: 0, minor: 1, major: 11 }, package: "viommu 1.2.3" },
        capabilities: [],
      },
    });
    expect(await ask(talk, { execute: "query-version" })).toMatchObject({
      error: { class: "CommandNotFound" },
    });
    expect(
      await ask(talk, { execute: "qmp_capabilities", arguments: { enable: ["oob"] } }),
    ).toMatchObject({ error: { class: "GenericError" } });
    expect(await ask(talk, { execute: "qmp_capabilities", id: 7 })).toEqual({ return: {}, id: 7 });
    expect(await ask(talk, { execute: "qmp_capabilities" })).toMatchObject({
      error: { class: "CommandNotFound" },
    });
  });

  it("lists machines with their aliases, as a test library asks for them", async () => {
    const { return: machines } = await ask(await ready(), { execute: "query-machines" });
    expect(machines).toMatchObject([{ name: "none" }, { name: "pc-q35-11.1", alias: "q35" }]);
  });

  it("lists accelerators, devices, their properties, and processors", async () => {
    const talk = await ready();
    const accel = { implements: "accel", abstract: false };
    expect(await ask(talk, { execute: "qom-list-types", arguments: accel })).toEqual({
      return: [{ name: "qtest-accel", parent: "accel" }],
    });
    const device = { implements: "device", abstract: false };
    const { return: devices } = await ask(talk, { execute: "qom-list-types", arguments: device });
    expect(devices).toEqual(
      expect.arrayContaining([
        { name: "intel-iommu", parent: "x86-iommu" },
        { name: "iommu-testdev", parent: "pci-device" },
      ]),
    );
    const edu = { execute: "device-list-properties", arguments: { typename: "edu" } };
    expect(await ask(talk, edu)).toEqual({
      return: [{ name: "dma_mask", type: "uint64", "default-value": 0xfff_ffff }],
    });
    const { return: cpus } = await ask(talk, { execute: "query-cpu-definitions" });
    expect(cpus).toMatchObject([{ name: "qemu64", deprecated: false }]);
  });

  it("resets the machine, and tells so: registers start anew, RAM stays", async () => {
    const talk = await ready();
    const q35 = talk.server.q35!;
    q35.write(0xfed9_0020n, 8, 0x5000n);
    q35.write(0xfed9_0018n, 4, 1n << 30n);
    q35.write(0x1000n, 4, 0x1234n);
    q35.machine.config.write32(0x08, 0x10, 0xe000_0000);
    expect(await ask(talk, { execute: "system_reset" })).toEqual({
      event: "RESET",
      data: { guest: false, reason: "host-qmp-system-reset" },
    });
    expect(await message(talk)).toEqual({ return: {} });
    expect(q35.read(0xfed9_0020n, 8)).toBe(0n);
    expect(q35.read(0xfed9_001cn, 4)).toBe(0n);
    expect(q35.machine.config.read32(0x08, 0x10)).toBe(0);
    expect(q35.read(0x1000n, 4)).toBe(0x1234n);
  });

  it("stops and goes on, with an event for each change", async () => {
    const talk = await ready();
    expect(await ask(talk, { execute: "cont" })).toEqual({ return: {} });
    expect(await ask(talk, { execute: "stop" })).toEqual({ event: "STOP" });
    expect(await message(talk)).toEqual({ return: {} });
    expect(await ask(talk, { execute: "query-status" })).toEqual({
      return: { status: "paused", running: false },
    });
    expect(await ask(talk, { execute: "cont" })).toEqual({ event: "RESUME" });
  });

  it("tells of its end and answers before it quits", async () => {
    const talk = await ready();
    expect(await ask(talk, { execute: "quit" })).toEqual({
      event: "SHUTDOWN",
      data: { guest: false, reason: "host-qmp-quit" },
    });
    expect(await message(talk)).toEqual({ return: {} });
    await talk.server.ended();
  });

  it("takes several requests of one packet, and one of several packets", async () => {
    const talk = await ready();
    talk.send('{"execute":"query-status","id":1}{"execute":"query-status","id":2}\n');
    expect((await message(talk))["id"]).toBe(1);
    expect((await message(talk))["id"]).toBe(2);
    for (const part of ['{"exec', 'ute": "query-', 'status", "id": {"a": "}\\', '""}}']) {
      talk.send(part);
    }
    expect((await message(talk))["id"]).toEqual({ a: '}"' });
  });

  it.each([
    ['{"execute": "make-coffee"}', "CommandNotFound", "the command make-coffee has not been found"],
    ["[1]", "GenericError", "a request is a JSON object"],
    ["5\n", "GenericError", "a request is a JSON object"],
    ['{"execute": 5}', "GenericError", 'a request has a string "execute"'],
    ['{"exec": "x"}', "GenericError", 'a request has no member "exec"'],
    ['{"execute": "stop", "arguments": 3}', "GenericError", '"arguments" is a JSON object'],
    ['{"execute": "stop", "arguments": {"a": 1}}', "GenericError", 'argument "a" is unexpected'],
    ['{"execute": "device-list-properties"}', "GenericError", '"typename" is missing'],
    [
      '{"execute": "device-list-properties", "arguments": {"typename": 4}}',
      "GenericError",
      'the argument "typename" is no string',
    ],
    [
      '{"execute": "device-list-properties", "arguments": {"typename": "pc"}}',
      "GenericError",
      'there is no device "pc"',
    ],
    ['{"execute" "stop"}', "GenericError", "JSON parse error"],
    ["}\n", "GenericError", "JSON parse error: a } without its beginning"],
    [`${"[".repeat(1025)}\n`, "GenericError", "JSON parse error: brackets are deeper than 1024"],
    [`"${"x".repeat(2 ** 20)}"\n`, "GenericError", "JSON parse error: a value is longer than"],
  ])("answers %.60s with an error of QMP, and lives on", async (text, errorClass, desc) => {
    const talk = await ready();
    talk.send(text);
    const { error } = await message(talk);
    expect(error).toMatchObject({ class: errorClass });
    expect((error as Message)["desc"]).toContain(desc);
    talk.send("\n");
    expect(await ask(talk, { execute: "query-status" })).toHaveProperty("return.running", true);
  });
});
