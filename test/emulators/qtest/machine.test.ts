import { describe, expect, it } from "vitest";

import { OptionError, Q35 } from "../../../host/emulators/qtest/index.js";
import { eduRegisters } from "../../../host/devices/index.js";
import { machineOf, talkTo, type Talk } from "./talk.js";

const EDU = 0xe000_0000;

/** Selects by CF8h, and writes a double word. */
function config(bdf: number, offset: number, value: number): string[] {
  const address = (0x8000_0000 | (bdf << 8) | offset) >>> 0;
  return [`outl 0xcf8 0x${address.toString(16)}`, `outl 0xcfc 0x${value.toString(16)}`];
}

/** An edu at 00:01.0 with its registers at 0xE0000000, as bus master. */
async function openEdu({ sayAll }: Talk): Promise<void> {
  await sayAll(...config(0x08, 0x10, EDU), ...config(0x08, 0x04, 6));
}

function register(offset: number): string {
  return `0x${(EDU + offset).toString(16)}`;
}

describe("the machine behind the protocol", () => {
  it("has the unit at 0xfed90000", async () => {
    const { sayAll } = await talkTo(machineOf("intel-iommu"));
    expect(await sayAll("readl 0xfed90000", "readq 0xfed90008")).toEqual([
      "OK 0x0000000000000010",
      "OK 0x80d2008c222f0606",
    ]);
  });

  it("has q35's chipset, and gives endpoints the first free slots", async () => {
    const { sayAll } = await talkTo(machineOf("edu", "iommu-testdev,addr=5", "dma-engine"));
    const identities: Record<string, string> = {};
    for (let bdf = 0; bdf < 256; bdf++) {
      const select = `outl 0xcf8 0x${(0x8000_0000 + (bdf << 8)).toString(16)}`;
      const [, answer = ""] = await sayAll(select, "inl 0xcfc");
      if (answer !== "OK 0xffffffff") identities[bdf.toString(16)] = answer.slice(3);
    }
    expect(identities).toEqual({
      0: "0x29c08086",
      8: "0x11e81234",
      10: "0xd3a11234",
      28: "0x51b36",
      f8: "0x29188086",
      fa: "0x29228086",
      fb: "0x29308086",
    });
  });

  it("adds the lowest bits of CF8h to the data port, as QEMU does", async () => {
    const { sayAll } = await talkTo(machineOf("edu"));
    const answers = await sayAll("outl 0xcf8 0x80000802", "inw 0xcfc", "inb 0xcfd", "inw 0xcfe");
    expect(answers.slice(1)).toEqual(["OK 0x11e8", "OK 0x0011", "OK 0x11e8"]);
  });

  it("has the enhanced configuration space at 0xb0000000", async () => {
    const { sayAll } = await talkTo(machineOf("edu"));
    expect(
      await sayAll("readl 0xb0008000", "outl 0xcf8 0x80000060", "inl 0xcfc", "readl 0xb0100000"),
    ).toEqual(["OK 0x0000000011e81234", "OK", "OK 0xb0000001", "OK 0x00000000ffffffff"]);
  });

  it("leaves base address registers at 0 until software sets them", async () => {
    const talk = await talkTo(machineOf("edu"));
    const { sayAll, say } = talk;
    const bar = ["outl 0xcf8 0x80000810", "inl 0xcfc", `readl ${register(0)}`];
    expect(await sayAll(...bar)).toEqual(["OK", "OK 0x0000", "OK 0x00000000ffffffff"]);
    await openEdu(talk);
    expect(await say(`readl ${register(0)}`)).toBe("OK 0x00000000010000ed");
  });

  it("reads all ones where nothing is, and drops such writes", async () => {
    const { sayAll } = await talkTo(machineOf());
    expect(
      await sayAll(
        "readl 0x30000000",
        "writel 0x30000000 1",
        "read 0xfffffe 4",
        "inb 0",
        "outb 0 1",
      ),
    ).toEqual(["OK 0x00000000ffffffff", "OK", "OK 0x0000ffff", "OK 0x00ff", "OK"]);
  });

  it("reads registers by aligned accesses of 32 bits when a block covers them", async () => {
    const { sayAll } = await talkTo(machineOf("intel-iommu"));
    const [block = "", odd = ""] = await sayAll("read 0xfed90008 16", "read 0xfed90006 6");
    expect(block).toBe("OK 0x06062f228c00d2804a0ff00000000000");
    // Two bytes are no access that a unit answers.
    expect(odd).toBe("OK 0xffff06062f22");
  });

  it("has RAM below 2 GiB and from 4 GiB on when it is large, and refuses more than it can have", async () => {
    const { say } = await talkTo({ memoryBytes: 0xb000_0000 });
    expect(await say("writeq 0x7ffffff8 1")).toBe("OK");
    expect(await say("readq 0x7ffffff8")).toBe("OK 0x0000000000000001");
    expect(await say("readq 0x80000000")).toBe("OK 0xffffffffffffffff");
    expect(await say("readq 0x12ffffff8")).toBe("OK 0x0000000000000000");
    await expect(Q35.create({ memoryBytes: 2 ** 32 })).rejects.toThrow(OptionError);
    await expect(Q35.create({ memoryBytes: 1000 })).rejects.toThrow("a multiple of 1 MiB");
  });

  it("is reset by port CF9h: registers start anew, RAM stays", async () => {
    const talk = await talkTo(machineOf("intel-iommu", "edu"));
    await openEdu(talk);
    const set = ["writel 0x1000 5", "writeq 0xfed90020 0x5000", "outb 0xcf9 2", "readq 0xfed90020"];
    expect((await talk.sayAll(...set)).at(-1)).toBe("OK 0x0000000000005000");
    const after = ["outb 0xcf9 6", "readq 0xfed90020", `readl ${register(0)}`, "readl 0x1000"];
    expect(await talk.sayAll(...after)).toEqual([
      "OK",
      "OK 0x0000000000000000",
      "OK 0x00000000ffffffff",
      "OK 0x0000000000000005",
    ]);
  });

  it("raises and lowers the inputs of the I/O APIC that q35 gives to slots", async () => {
    const talk = await talkTo(machineOf("edu"));
    await openEdu(talk);
    const { reg } = eduRegisters;
    expect(await talk.say("irq_intercept_in ioapic")).toBe("OK");
    talk.send(`writel ${register(reg.interruptRaise)} 1\n`);
    expect([await talk.line(), await talk.line()]).toEqual(["IRQ raise 21", "OK"]);
    talk.send(`writel ${register(reg.interruptAcknowledge)} 1\n`);
    expect([await talk.line(), await talk.line()]).toEqual(["IRQ lower 21", "OK"]);
    expect(await talk.say("irq_intercept_in msi")).toBe("FAIL interrupts are intercepted already");
  });

  it("tells of interrupt messages, by their vectors and whole", async () => {
    const talk = await talkTo(machineOf("edu"));
    await openEdu(talk);
    await talk.sayAll(
      ...config(0x08, 0x44, 0xfee0_1000),
      ...config(0x08, 0x4c, 0x41),
      "outl 0xcf8 0x80000842",
      "outw 0xcfe 1",
      "irq_intercept_in msi",
    );
    talk.send(`writel ${register(eduRegisters.reg.interruptRaise)} 1\n`);
    expect([await talk.line(), await talk.line(), await talk.line()]).toEqual([
      "IRQ raise 65",
      "IRQ lower 65",
      "OK",
    ]);
    expect(await talk.sayAll("viommu_messages", "viommu_messages")).toEqual([
      "OK 1 0xfee01000 0x41",
      "OK 0",
    ]);
  });

  it("ends a transfer of edu after 100 ms of the clock, or with clock_step alone", async () => {
    const talk = await talkTo(machineOf("edu"));
    await openEdu(talk);
    const { reg } = eduRegisters;
    const start = [
      `writeq ${register(reg.dmaSource)} 0x1000`,
      `writeq ${register(reg.dmaDestination)} 0x40000`,
      `writeq ${register(reg.dmaCount)} 8`,
      `writel ${register(reg.dmaCommand)} 1`,
    ];
    const command = `readl ${register(reg.dmaCommand)}`;
    await talk.sayAll(...start);
    expect(await talk.sayAll("clock_step 99999999", command, "clock_step 1", command)).toEqual([
      "OK 99999999",
      "OK 0x0000000000000001",
      "OK 100000000",
      "OK 0x0000000000000000",
    ]);
    await talk.sayAll(...start);
    expect(await talk.sayAll("clock_step", command)).toEqual([
      "OK 200000000",
      "OK 0x0000000000000000",
    ]);
  });

  it("tells a client of an endpoint that never ends its work", async () => {
    const { server, say } = await talkTo(machineOf("edu"));
    const { endpoint } = server.q35!.machine.endpoint("00:01.0");
    Object.defineProperty(endpoint, "busy", { get: () => true });
    expect(await say("clock_step 100000000000000")).toContain("FAIL an endpoint is still at work");
  });
});
