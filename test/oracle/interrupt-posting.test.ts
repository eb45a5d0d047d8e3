import { describe, expect, it } from "vitest";
import { DESCRIPTOR, InterruptWorld, type InterruptOptions } from "./interrupt-world.js";

const VECTOR_WORD = DESCRIPTOR + 16n;
const CONTROL_WORD = DESCRIPTOR + 32n;
/** Vector 85h is bit 5 of the third word. */
const REQUESTED = 1n << 5n;
const ASSERTED = 1 << 14;

/** Notification vector F2h to destination 09h (xAPIC). */
function world(options: InterruptOptions = {}): InterruptWorld {
  const made = new InterruptWorld(options).posted(0);
  made.memory.setField(DESCRIPTOR, 279, 272, 0xf2n);
  made.memory.setField(DESCRIPTOR, 303, 296, 0x09n);
  return made;
}

describe("§5.2.3: a posted interrupt", () => {
  it.each([
    { on: 0n, sn: 0n, urg: 0n, notified: true },
    { on: 0n, sn: 0n, urg: 1n, notified: true },
    { on: 0n, sn: 1n, urg: 0n, notified: false },
    { on: 0n, sn: 1n, urg: 1n, notified: true },
    { on: 1n, sn: 0n, urg: 0n, notified: false },
    { on: 1n, sn: 0n, urg: 1n, notified: false },
    { on: 1n, sn: 1n, urg: 0n, notified: false },
    { on: 1n, sn: 1n, urg: 1n, notified: false },
  ])("with ON=$on, SN=$sn and URG=$urg is notified: $notified", ({ on, sn, urg, notified }) => {
    const posting = world().set(0, 14, 14, urg);
    posting.memory.setField(DESCRIPTOR, 257, 256, (sn << 1n) | on);
    expect(posting.send(0)).toEqual({ status: "posted", notified });
    expect(posting.memory.read64(VECTOR_WORD)).toBe(REQUESTED);
    const after = (posting.memory.read64(CONTROL_WORD) ?? 0n) & 3n;
    expect(after).toBe((sn << 1n) | (notified ? 1n : on));
    const message = { address: 0xfee0_9000n, data: 0xf2 | ASSERTED };
    expect(posting.take()).toEqual(notified ? [{ event: "interrupt", message }] : []);
  });

  it("sets the request bit of its vector and leaves the others", () => {
    const posting = world();
    for (const vector of [0, 63, 64, 255]) {
      posting.set(0, 23, 16, BigInt(vector)).send(0);
    }
    const words = [0n, 8n, 16n, 24n].map((offset) => posting.memory.read64(DESCRIPTOR + offset));
    expect(words).toEqual([(1n << 63n) | 1n, 1n, 0n, 1n << 63n]);
  });

  it("notifies a destination of 32 bits in extended mode", () => {
    const posting = world({ extended: true });
    posting.memory.setField(DESCRIPTOR, 319, 288, 0xaabb_ccddn);
    posting.send(0);
    const address = (0xaabb_ccn << 40n) | 0xfee0_0000n | (0xddn << 12n);
    expect(posting.takeOnly("interrupt")).toMatchObject([{ address }]);
  });

  it("finds its descriptor above 4 GiB", () => {
    const descriptor = 0x12_0000_0fc0n;
    const posting = new InterruptWorld().posted(0, descriptor);
    posting.send(0);
    expect(posting.memory.read64(descriptor + 16n)).toBe(REQUESTED);
  });

  it("loses no request that another agent posts, and no notification, in between", () => {
    const posting = world();
    let rivals = 0;
    posting.memory.beforeExchange = (address) => {
      if (rivals++ === 0) posting.memory.write64(address, 1n << 40n);
    };
    expect(posting.send(0)).toEqual({ status: "posted", notified: true });
    expect(posting.memory.read64(VECTOR_WORD)).toBe((1n << 40n) | REQUESTED);
  });

  it("is notified if ON is cleared while the request bit is being set", () => {
    const posting = world();
    posting.memory.setField(DESCRIPTOR, 256, 256, 1n);
    posting.memory.beforeExchange = (address) => {
      if (address === VECTOR_WORD) posting.memory.setField(DESCRIPTOR, 256, 256, 0n);
    };
    expect(posting.send(0)).toEqual({ status: "posted", notified: true });
  });

  it("is not notified twice if another agent sets ON first", () => {
    const posting = world();
    posting.memory.beforeExchange = (address) => {
      if (address === CONTROL_WORD) posting.memory.setField(DESCRIPTOR, 256, 256, 1n);
    };
    expect(posting.send(0)).toEqual({ status: "posted", notified: false });
  });
});

describe("§5.1.4.1: a posted interrupt is blocked", () => {
  it.each([0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n])(
    "with code 27h if the word at %d of the descriptor cannot be read",
    (offset) => {
      const posting = world();
      posting.memory.failReads(DESCRIPTOR + offset);
      expect(posting.send(0)).toMatchObject({ reason: 0x27, record: "recorded" });
      expect(posting.memory.read64(VECTOR_WORD) ?? 0n).toBe(0n);
    },
  );

  it("with code 27h if the request cannot be written, or ON", () => {
    const first = world();
    first.memory.failWrites(VECTOR_WORD);
    expect(first.send(0)).toMatchObject({ reason: 0x27 });
    const second = world();
    second.memory.failWrites(CONTROL_WORD);
    expect(second.send(0)).toMatchObject({ reason: 0x27 });
    expect(second.takeOnly("interrupt")).toEqual([]);
  });

  it.each([258, 271, 280, 287, 288, 295, 304, 319, 320, 511])(
    "with code 28h if bit %d of the descriptor is set",
    (bit) => {
      const posting = world();
      posting.memory.setField(DESCRIPTOR, bit, bit, 1n);
      expect(posting.send(0)).toMatchObject({ reason: 0x28 });
      expect(posting.memory.read64(VECTOR_WORD)).toBe(0n);
    },
  );

  it.each([2, 7, 12, 13, 24, 37, 84, 95, 110, 127])(
    "with code 24h if bit %d of the entry is set, host addresses having 46 bits",
    (bit) => {
      expect(world().set(0, bit, bit, 1n).send(0)).toMatchObject({ reason: 0x24 });
    },
  );

  it("not for bits 11:8 of the entry, which are software's", () => {
    expect(world().set(0, 11, 8, 0xfn).send(0)).toMatchObject({ status: "posted" });
  });
});
