import { describe, expect, it } from "vitest";

import {
  atOnce,
  decodeFaults,
  encodeAnswers,
  FaultHandler,
  FaultQueueError,
  groupsOf,
  MalformedFaults,
  runAtOnce,
  runWaiting,
  wait,
  type ErrorName,
  type FaultMessage,
  type FaultPort,
} from "../../../host/driver/handler/index.js";

interface Message {
  readonly flags?: number;
  readonly pasid?: number;
  readonly address?: bigint;
  readonly permissions?: number;
  readonly cookie: number;
}

const LAST = 2;

/** Messages as Linux lays them out; they end their group unless their flags say otherwise. */
function messages(...list: readonly Message[]): Uint8Array {
  const bytes = new Uint8Array(40 * list.length);
  const view = new DataView(bytes.buffer);
  list.forEach(({ flags = LAST, pasid = 0, address = 0n, permissions = 2, cookie }, n) => {
    const at = 40 * n;
    [flags, 1, pasid, 9, permissions].forEach((word, index) => {
      view.setUint32(at + 4 * index, word, true);
    });
    view.setBigUint64(at + 24, address, true);
    view.setUint32(at + 36, cookie, true);
  });
  return bytes;
}

/** A port with these answers to reads, each given once; then there is nothing more. */
class Script implements FaultPort {
  readonly reads: (Uint8Array | ErrorName)[];
  readonly counts: number[] = [];
  readonly mapped: FaultMessage[] = [];
  readonly written: Uint8Array[] = [];
  writes: (bytes: Uint8Array) => number | ErrorName = (bytes) => bytes.length;
  refuses: (request: FaultMessage) => boolean = () => false;

  constructor(...reads: (Uint8Array | ErrorName)[]) {
    this.reads = reads;
  }

  poll() {
    return atOnce(this.reads.length > 0);
  }

  read(count: number) {
    this.counts.push(count);
    return atOnce(this.reads.shift() ?? new Uint8Array());
  }

  write(bytes: Uint8Array) {
    this.written.push(bytes);
    return atOnce(this.writes(bytes));
  }

  map(request: FaultMessage) {
    this.mapped.push(request);
    return atOnce(!this.refuses(request));
  }
}

const success = (...cookies: number[]) =>
  encodeAnswers(cookies.map((cookie) => ({ cookie, code: "SUCCESS" })));

describe("messages of a fault queue", () => {
  it("tell of the device, the PASID, the rights and the page", () => {
    const [first, second] = decodeFaults(
      messages(
        { flags: 0, address: 0x7000n, permissions: 1, cookie: 3 },
        { flags: 7, pasid: 5, address: 0xffff_ffff_ffff_f000n, permissions: 14, cookie: 3 },
      ),
    );
    expect(first).toEqual({
      ...{ deviceId: 1, pasid: undefined, groupIndex: 9, last: false, length: 0, cookie: 3 },
      ...{ read: true, write: false, execute: false, privileged: false, address: 0x7000n },
    });
    expect(second).toMatchObject({
      ...{ pasid: 5, last: true, address: 0xffff_ffff_ffff_f000n },
      ...{ read: false, write: true, execute: true, privileged: true },
    });
  });

  it("are refused unless whole", () => {
    expect(() => decodeFaults(new Uint8Array(41))).toThrow(
      new MalformedFaults("41 bytes are no whole number of messages of 40"),
    );
  });

  it("make groups that end with a last message", () => {
    const list = decodeFaults(messages({ flags: 0, cookie: 1 }, { cookie: 1 }, { cookie: 2 }));
    expect(groupsOf(list).map((group) => group.length)).toEqual([2, 1]);
    expect(() => groupsOf(list.slice(0, 1))).toThrow("the group with cookie 1 has no last message");
  });

  it("are refused when a group has two cookies", () => {
    const list = decodeFaults(messages({ flags: 0, cookie: 1 }, { cookie: 2 }));
    expect(() => groupsOf(list)).toThrow("a group with cookie 1 has a message with cookie 2");
  });
});

describe("a handler of page faults", () => {
  it("maps what the groups of a read ask for, in order, and answers them in one write", () => {
    const script = new Script(
      messages(
        { flags: 0, address: 0x2000n, cookie: 1 },
        { address: 0x1000n, cookie: 1 },
        { address: 0x9000n, cookie: 2 },
      ),
    );
    const handler = new FaultHandler(script);
    runAtOnce(handler.run());
    expect(script.mapped.map(({ address }) => address)).toEqual([0x2000n, 0x1000n, 0x9000n]);
    expect(script.written).toEqual([success(1, 2)]);
    expect(handler.handled).toEqual({ groups: 2, messages: 3, refused: 0, late: 0 });
  });

  it("answers INVALID for a group of which one page is refused, and tries no further page of it", () => {
    const script = new Script(
      messages(
        { flags: 0, address: 0x1000n, cookie: 1 },
        { address: 0x2000n, cookie: 1 },
        { address: 0x3000n, cookie: 2 },
      ),
    );
    script.refuses = ({ address }) => address === 0x1000n;
    const handler = new FaultHandler(script);
    expect(runAtOnce(handler.take())).toBe(2);
    expect(script.mapped).toHaveLength(2);
    expect(script.written).toEqual([
      encodeAnswers([
        { cookie: 1, code: "INVALID" },
        { cookie: 2, code: "SUCCESS" },
      ]),
    ]);
    expect(handler.handled.refused).toBe(1);
  });

  it("makes room for a group that is larger than its buffer, and keeps it", () => {
    const script = new Script("EINVAL", "EINVAL", messages({ cookie: 1 }));
    runAtOnce(new FaultHandler(script, { messages: 3, mostMessages: 10 }).run());
    expect(script.counts).toEqual([120, 240, 400, 400]);
  });

  it("gives up a group that is larger than it may make room for", () => {
    const script = new Script("EINVAL", "EINVAL");
    const handler = new FaultHandler(script, { messages: 1, mostMessages: 2 });
    expect(() => {
      runAtOnce(handler.run());
    }).toThrow("reading a fault queue failed with EINVAL");
  });

  it("goes on behind an answer that comes too late, and counts it", () => {
    const script = new Script(messages({ cookie: 1 }, { cookie: 2 }, { cookie: 3 }));
    // The kernel has answered the second group by itself.
    script.writes = (bytes) => {
      const known = bytes[0] === 1 ? 8 : bytes[0] === 3 ? 8 : 0;
      return known === 0 ? "EINVAL" : known;
    };
    const handler = new FaultHandler(script);
    runAtOnce(handler.run());
    expect(script.written).toEqual([success(1, 2, 3), success(2, 3), success(3)]);
    expect(handler.handled).toEqual({ groups: 3, messages: 3, refused: 0, late: 1 });
  });

  it("ends with other errors of the kernel, by name", () => {
    expect(() => {
      runAtOnce(new FaultHandler(new Script("EFAULT")).run());
    }).toThrow(FaultQueueError);
    const script = new Script(messages({ cookie: 1 }));
    script.writes = () => "EFAULT";
    expect(() => {
      runAtOnce(new FaultHandler(script).run());
    }).toThrow("writing to a fault queue failed with EFAULT");
  });

  it("refuses a buffer without room", () => {
    expect(() => new FaultHandler(new Script(), { messages: 0 })).toThrow(
      "messages is 0: expected 1 to mostMessages, 4096",
    );
  });

  it("waits for promises where its port does, and ends with what they are rejected with", async () => {
    const reads = [messages({ cookie: 1 })];
    const written: Uint8Array[] = [];
    const port: FaultPort<Promise<unknown>> = {
      poll: () => wait(Promise.resolve(reads.length > 0)),
      read: () => wait(Promise.resolve(reads.shift() ?? new Uint8Array())),
      *write(bytes) {
        written.push(bytes);
        return yield* wait(Promise.resolve(bytes.length));
      },
      map: () => wait(Promise.resolve(true)),
    };
    await runWaiting(new FaultHandler(port).run());
    expect(written).toEqual([success(1)]);
    const broken = { ...port, poll: () => wait(Promise.reject(new Error("gone"))) };
    await expect(runWaiting(new FaultHandler(broken).run())).rejects.toThrow("gone");
  });
});
