import { describe, expect, it } from "vitest";

import { machineOf, talkTo } from "./talk.js";

describe("the qtest protocol", () => {
  it("reads and writes memory by 1, 2, 4 and 8 bytes", async () => {
    const { sayAll } = await talkTo(machineOf());
    expect(
      await sayAll(
        "writeq 0x1000 0x1122334455667788",
        "readb 0x1000",
        "readw 0x1001",
        "readl 0x1002",
        "readq 0x1000",
        "writeb 0x1000 0xff",
        "writew 0x1002 0x12345678",
        "writel 0x1004 0",
        "readq 4096",
      ),
    ).toEqual([
      "OK",
      "OK 0x0000000000000088",
      "OK 0x0000000000006677",
      "OK 0x0000000033445566",
      "OK 0x1122334455667788",
      "OK",
      "OK",
      "OK",
      "OK 0x00000000567877ff",
    ]);
  });

  it("moves blocks in hexadecimal and base64, and sets memory", async () => {
    const { sayAll } = await talkTo(machineOf());
    expect(
      await sayAll(
        "write 0x1000 4 0x01020304",
        "b64read 0x1000 4",
        "b64write 0x1004 3 BQYH",
        "read 0x1000 7",
        "memset 0x1001 3 0xaa",
        "read 0x1000 0x5",
        // As in QEMU: what is missing is 0, what is too much is dropped.
        "write 0x1000 4 0xff",
        "write 0x1004 1 0xeeff",
        "read 0x1000 6",
      ),
    ).toEqual([
      "OK",
      "OK AQIDBA==",
      "OK",
      "OK 0x01020304050607",
      "OK",
      "OK 0x01aaaaaa05",
      "OK",
      "OK",
      "OK 0xff000000ee06",
    ]);
  });

  it("takes numbers in decimal, hexadecimal and octal", async () => {
    const { sayAll } = await talkTo(machineOf());
    expect(await sayAll("writeb 010 0x7", "readb 8", "readb 0X8")).toEqual([
      "OK",
      "OK 0x0000000000000007",
      "OK 0x0000000000000007",
    ]);
  });

  it("says that the machine is little-endian", async () => {
    const { say } = await talkTo(machineOf());
    expect(await say("endianness")).toBe("OK little");
  });

  it.each([
    ["nonsense", 'FAIL unknown command "nonsense"'],
    ["", 'FAIL unknown command ""'],
    [" readb 0", 'FAIL unknown command ""'],
    ["readb", "FAIL readb needs an address"],
    ["readb ", "FAIL readb needs an address"],
    ["readb here", 'FAIL an address "here" is no unsigned number of 64 bits'],
    ["readb -1", 'FAIL an address "-1" is no unsigned number of 64 bits'],
    ["readb 0x10000000000000000", "FAIL an address"],
    ["readb 0 0", 'FAIL readb has a word too many: "0"'],
    ["writel 0x1000", "FAIL writel needs a value"],
    ["read 0x1000 0", "FAIL a length of 0 bytes"],
    ["read 0x1000 0x1000001", "FAIL a length 16777217 is above 16777216"],
    ["read 0xffffffffffffffff 2", "FAIL 2 bytes from 0xffffffffffffffff on end behind 64 bits"],
    ["write 0x1000 2 1234", "FAIL data is no 0x with two hexadecimal digits for each byte"],
    ["write 0x1000 2 0x123", "FAIL data is no 0x"],
    ["write 0x1000 2", "FAIL write needs data"],
    ["b64write 0x1000 2 AAAA", "FAIL data has 3 bytes, and the length is 2"],
    ["b64write 0x1000 3 A!!A", "FAIL data is no base64"],
    ["memset 0x1000 2 0x100", 'FAIL a byte "0x100" is no unsigned number of 8 bits'],
    ["inb 0x10000", 'FAIL a port "0x10000" is no unsigned number of 16 bits'],
    ["clock_step -5", 'FAIL a number of nanoseconds "-5"'],
    ["clock_step 9223372036854775808", "FAIL a number of nanoseconds"],
    ["irq_intercept_in", "FAIL irq_intercept_in needs a device"],
    ["irq_intercept_in pic", 'FAIL unknown device "pic": ioapic and msi have interrupts'],
    ["irq_intercept_out ioapic", "FAIL ioapic has no interrupt outputs"],
  ])('answers "%s" with FAIL and the reason, and lives on', async (command, answer) => {
    const { say } = await talkTo(machineOf());
    expect(await say(command)).toContain(answer);
    expect(await say("readb 0x1000")).toBe("OK 0x0000000000000000");
  });

  it("answers bytes that are no text with FAIL", async () => {
    const { send, line, say } = await talkTo(machineOf());
    send(Uint8Array.of(0xff, 0x00, 0x80, 0x0a));
    expect(await line()).toBe('FAIL unknown command "???"');
    expect(await say("endianness")).toBe("OK little");
  });

  it("takes several commands of one packet, and one command of several packets", async () => {
    const { send, line, sayAll } = await talkTo(machineOf());
    expect(await sayAll("writel 0 1", "readl 0", "writel 0 2", "readl 0")).toEqual([
      "OK",
      "OK 0x0000000000000001",
      "OK",
      "OK 0x0000000000000002",
    ]);
    for (const packet of ["re", "ad", "l 0", "\r", "\nendia", "nness\n"]) send(packet);
    expect(await line()).toBe("OK 0x0000000000000002");
    expect(await line()).toBe("OK little");
  });

  it("drops a line without end as it comes, and takes the next one", async () => {
    const { send, line, say } = await talkTo(machineOf());
    const piece = "1".repeat(2 ** 20);
    for (let i = 0; i < 40; i++) send(piece);
    send("\n");
    expect(await line()).toBe("FAIL a line of 41943040 characters is longer than 33558528");
    expect(await say("endianness")).toBe("OK little");
  });

  it("takes a block of 16 MiB in one line", async () => {
    const { send, line, say } = await talkTo(machineOf());
    send(`write 0 0x1000000 0x${"5a".repeat(2 ** 24)}\n`);
    expect(await line()).toBe("OK");
    expect(await say("readq 0xfffff8")).toBe("OK 0x5a5a5a5a5a5a5a5a");
  });

  it("knows no more than its endianness without a machine", async () => {
    const { sayAll } = await talkTo();
    expect(await sayAll("endianness", "readb 0", "irq_intercept_in ioapic")).toEqual([
      "OK little",
      "FAIL there is no machine (-machine none)",
      "FAIL there is no machine (-machine none)",
    ]);
  });
});

describe("the clock", () => {
  it("stands still but for clock_step and clock_set", async () => {
    const { sayAll } = await talkTo(machineOf("edu"));
    expect(
      await sayAll("clock_step 5", "clock_step 1000000", "clock_set 2000000", "clock_step"),
    ).toEqual(["OK 5", "OK 1000005", "OK 2000000", "OK 2000000"]);
    expect((await sayAll("clock_set 1999999"))[0]).toBe(
      "FAIL the clock is at 2000000 and cannot go back to 1999999",
    );
  });

  it("skips centuries in which nothing is due", async () => {
    const { say } = await talkTo(machineOf("intel-iommu", "edu", "dma-engine"));
    expect(await say("clock_set 9000000000000000000")).toBe("OK 9000000000000000000");
  });
});
