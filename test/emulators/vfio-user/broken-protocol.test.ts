import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { access, message, u16, u32, u64, type Client } from "./client.js";
import { CONFIG, ServedUnit, settled } from "./served-unit.js";

const RTADDR = 0x20;

let served: ServedUnit;

beforeEach(async () => {
  served = await ServedUnit.start();
});

afterEach(() => served.close());

describe("a client that breaks the protocol", () => {
  const bad: readonly (readonly [string, (client: Client) => void, RegExp])[] = [
    [
      "a size below a header's",
      (c) => {
        c.raw(message(1, 4, 0, Buffer.alloc(0)).fill(3, 4, 5));
      },
      /size is 3, expected 16 to/,
    ],
    [
      "a size beyond all bounds",
      (c) => {
        c.raw(Buffer.concat([u16(1), u16(10), u32(0x7fff_ffff), u32(0), u32(0)]));
      },
      /size is 2147483647/,
    ],
    [
      "a message type that does not exist",
      (c) => {
        c.raw(message(1, 4, 7, Buffer.alloc(16)));
      },
      /message type 7, expected 0/,
    ],
    [
      "a reply to nothing",
      (c) => {
        c.raw(message(9, 12, 1, Buffer.alloc(0)));
      },
      /a reply to dmaWrite 9, never sent/,
    ],
    [
      "a second version",
      (c) => {
        void c.negotiate();
      },
      /negotiated already/,
    ],
  ];

  it.each(bad)("%s ends its connection with a reason, and no other", async (_, send, reason) => {
    const other = await served.connect(0);
    const client = await served.connect(1);
    send(client);
    await client.closed;
    await served.oneGone();
    expect(served.gone).toEqual([expect.stringMatching(reason)]);
    expect((await other.read(0, 0x08, 8)).length).toBe(8);
    const again = await served.connect(1);
    expect((await settled(again)).errno).toBe(0);
  });

  it("is one that speaks before it has a version", async () => {
    const client = await served.connectOnly(0);
    void settled(client);
    await client.closed;
    await served.oneGone();
    expect(served.gone).toEqual([expect.stringMatching(/deviceGetInfo came before the version/)]);
  });

  it("is one that speaks another version", async () => {
    const client = await served.connectOnly(0);
    void client.request(1, Buffer.concat([u16(1), u16(0), Buffer.from("{}\0")]));
    await client.closed;
    await served.oneGone();
    expect(served.gone).toEqual([expect.stringMatching(/speaks version 1\.0, this server 0\.0/)]);
  });

  it("is one that goes away inside a message", async () => {
    const client = await served.connect(0);
    client.raw(message(1, 10, 0, Buffer.alloc(64)).subarray(0, 40));
    await settled(await served.connect(1));
    client.close();
    await served.oneGone();
    expect(served.gone).toEqual(["the client went away inside a message"]);
  });

  it.each([
    ["a command that is not known", 77, Buffer.alloc(0), 38, /command 77 is not supported/],
    ["REGION_WRITE_MULTI", 15, Buffer.alloc(64), 38, /regionWriteMulti is not supported/],
    [
      "a body that is too short",
      9,
      Buffer.alloc(8),
      22,
      /regionRead has 8 bytes, expected at least 16/,
    ],
    [
      "a count without the data",
      10,
      access(0, 0, 4),
      22,
      /regionWrite of 4 bytes has 0 bytes of data/,
    ],
    [
      "an access outside the region",
      9,
      access(CONFIG, 4090, 8),
      22,
      /lie outside region 7 of 4096/,
    ],
    ["a region that is not there", 9, access(3, 0, 4), 22, /outside region 3 of 0 bytes/],
  ])(
    "%s is answered with an error, and nothing else happens",
    async (_, command, body, errno, reason) => {
      const client = await served.connect(0);
      const reply = await client.request(command, body);
      expect([reply.errno, reply.body.length]).toEqual([errno, 0]);
      expect(served.refused).toEqual([expect.stringMatching(reason)]);
      expect((await settled(client)).errno).toBe(0);
    },
  );

  it("is sent away from a socket that has a client", async () => {
    const first = await served.connect(0);
    const second = await served.connectOnly(0);
    await second.closed;
    expect(served.refused).toEqual([expect.stringMatching(/a second client came/)]);
    expect((await settled(first)).errno).toBe(0);
  });
});

describe("messages in pieces", () => {
  it("are put together, whatever pieces they come in", async () => {
    const client = await served.connect(0);
    const bytes = Buffer.concat([
      message(500, 10, 0x10, Buffer.concat([access(0, RTADDR, 8), u64(0x7000n)])),
      message(501, 10, 0x10, Buffer.concat([access(0, 0x3c, 4), u32(0x99)])),
    ]);
    for (let at = 0; at < bytes.length; at += 7) {
      client.raw(bytes.subarray(at, at + 7));
      await new Promise(setImmediate);
    }
    await settled(client);
    expect([served.server.iommu.read64(RTADDR), served.server.iommu.read32(0x3c)]).toEqual([
      0x7000n,
      0x99,
    ]);
  });
});
