import {
  atOnce,
  encodeAnswers,
  FaultHandler,
  type FaultPort,
} from "../../../host/driver/handler/index.js";
import { Bench, FILL, GROUP_SIZE, INVALID, PATTERN, SUCCESS } from "./bench.js";
import { commandPrograms } from "./commands.js";
import {
  FAULT_ID_VALID,
  FOR_PASIDS,
  isError,
  NEST_PARENT,
  PAGE,
  ringOf,
  type Call,
  type System,
} from "./system.js";

/** A program that makes the same calls over whatever system. */
export type Program = <Step>(system: System<Step>) => Call<Step, void>;

const MISSING = 0x400_0000n;
/** The handler maps nothing from here on. */
const FORBIDDEN = 0x600_0000n;
const RESPONSES_INVALID = 0x54;
const BYTES = 40;

function* answers<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  yield* system.submit(0, fill(MISSING, 1));
  yield* system.poll(bench.queue, true);
  yield* bench.read();
  yield* bench.map(MISSING);
  yield* bench.answer(1, SUCCESS);
  yield* bench.finish(0);
  yield* system.peek(MISSING);
  yield* bench.fill(0, MISSING + 0x1000n);
  yield* bench.read();
  yield* bench.answer(1, INVALID);
  yield* bench.finish(0);
  yield* bench.fill(0, MISSING + 0x10000n, 4);
  yield* bench.read();
  yield* bench.map(MISSING + 0x10000n, 4);
  yield* bench.answer(1, SUCCESS);
  yield* bench.finish(0);
  yield* system.peek(MISSING + 0x13ff8n);
  yield* bench.close();
}

function* reads<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  for (const count of [0, BYTES, BYTES + 1, 1]) yield* bench.read(count);
  yield* bench.fill(0, MISSING, 4);
  yield* bench.fill(1, MISSING + 0x10000n, 2);
  yield* bench.fill(2, MISSING + 0x20000n, 1);
  for (const count of [0, 1, BYTES, 3 * BYTES, 4 * BYTES + 8]) yield* bench.read(count);
  yield* bench.poll();
  // The group of four, and no half of the group of two.
  yield* bench.read(5 * BYTES);
  yield* bench.read(BYTES);
  yield* bench.read(3 * BYTES);
  yield* bench.read();
  for (const cookie of [1, 2, 3]) yield* bench.answer(cookie);
  yield* bench.finish(0, 1, 2);
  yield* bench.close();
}

function* brokenBuffers<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  yield* bench.fill(0, MISSING, 3);
  yield* bench.fill(1, MISSING + 0x10000n, 2);
  yield* bench.read(5 * BYTES, 0);
  yield* bench.read(5 * BYTES, 2 * BYTES + 20);
  yield* bench.poll();
  // The first group is there as a whole, the second is not.
  yield* bench.read(5 * BYTES, 4 * BYTES);
  yield* bench.read(5 * BYTES, BYTES);
  yield* bench.read();
  yield* bench.write(encodeAnswers([{ cookie: 1, code: INVALID }]), 4);
  yield* bench.write(encodeAnswers([{ cookie: 1, code: INVALID }]), 0);
  // The answer that is there is taken.
  const both = [1, 2].map((cookie) => ({ cookie, code: INVALID }) as const);
  yield* bench.write(encodeAnswers(both), 8);
  yield* bench.answer(1);
  yield* bench.answer(2);
  yield* bench.finish(0, 1);
  yield* bench.close();
}

function* writes<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  const pair = (cookie: number, code: number) =>
    new Uint8Array(Uint32Array.of(cookie, code).buffer);
  yield* bench.write(new Uint8Array());
  yield* bench.answer(1);
  yield* bench.faults(3, MISSING);
  yield* bench.answer(1);
  yield* bench.read();
  for (const length of [1, 4, 7, 9]) yield* bench.write(new Uint8Array(length));
  for (const code of [2, 15, 0xffff_ffff]) yield* bench.write(pair(1, code));
  // The code is looked at ahead of the cookie.
  yield* bench.write(pair(77, 2));
  yield* bench.write(pair(77, 0));
  yield* bench.write(Buffer.concat([pair(2, 1), pair(77, 0), pair(1, 0)]));
  yield* bench.write(Buffer.concat([pair(1, 1), pair(3, 2)]));
  yield* bench.answer(1);
  yield* bench.answer(2);
  yield* bench.answer(3);
  yield* bench.answer(3);
  yield* bench.finish(0, 1, 2);
  yield* bench.close();
}

function* cookies<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  yield* bench.faults(3, MISSING);
  yield* bench.read();
  yield* bench.answer(2);
  yield* bench.fill(1, MISSING + 0x10000n);
  yield* bench.read();
  yield* bench.answer(1);
  yield* bench.answer(3);
  yield* bench.faults(1, MISSING + 0x20000n);
  yield* bench.fill(2, MISSING + 0x30000n);
  yield* bench.read(BYTES);
  yield* bench.read(BYTES);
  // A late answer to a cookie that was given out again answers the other group.
  yield* bench.answer(2);
  yield* bench.answer(2);
  yield* bench.answer(1);
  yield* bench.answer(3);
  yield* bench.finish(0, 1, 2);
  yield* bench.close();
}

/** No group has the cookie 0, until a program answers it while a group waits for its answer. */
function* cookieZero<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  yield* bench.faults(1, MISSING);
  yield* bench.read();
  yield* bench.answer(1);
  yield* bench.answer(0);
  yield* bench.faults(2, MISSING + 0x10000n);
  yield* bench.read();
  yield* bench.answer(0);
  yield* bench.fill(2, MISSING + 0x18000n);
  yield* bench.read();
  for (const cookie of [1, 0, 2, 0]) yield* bench.answer(cookie);
  for (let time = 0n; time < 2n; time++) {
    yield* bench.faults(2, MISSING + 0x20000n + 0x10000n * time);
    yield* bench.read();
    for (const cookie of [0, 1]) yield* bench.answer(cookie);
  }
  yield* bench.finish(0, 1, 2);
  yield* bench.close();
}

/** The table goes away under a group that was read, and under one that was not. */
function* takenAway<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  const { ioas: parent, queue: faultId } = bench;
  const other = yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId });
  if (isError(other)) throw new Error(other);
  for (const hwpt of [other, bench.hwpt]) {
    yield* bench.faults(1, MISSING);
    yield* bench.read();
    yield* bench.fill(1, MISSING + 0x10000n, 2);
    yield* system.load(RESPONSES_INVALID);
    yield* system.attach(hwpt);
    yield* system.settle();
    yield* system.load(RESPONSES_INVALID);
    yield* bench.poll();
    yield* bench.read();
    yield* bench.answer(1, SUCCESS);
    yield* bench.finish(0, 1);
  }
  yield* bench.faults(1, MISSING);
  yield* bench.read();
  yield* bench.fill(1, MISSING + 0x10000n, 2);
  yield* system.detach();
  yield* system.settle();
  yield* system.load(RESPONSES_INVALID);
  yield* bench.poll();
  yield* bench.read();
  yield* bench.answer(1, SUCCESS);
  // There was no table for the results of the engine.
  yield* bench.stop();
  yield* system.attach(bench.hwpt);
  yield* bench.start();
  yield* bench.faults(1, MISSING);
  yield* bench.read();
  yield* bench.answer(1);
  yield* bench.finish(0);
  yield* bench.close(other);
}

/** Nobody reads any more: faults wait until their table goes. */
function* closedFile<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  const { ioas: parent, queue: faultId } = bench;
  const other = yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId });
  if (isError(other)) throw new Error(other);
  yield* bench.faults(1, MISSING);
  yield* bench.read();
  yield* bench.fill(1, MISSING + 0x1000n);
  yield* system.destroy(faultId);
  yield* system.close(faultId);
  yield* system.destroy(faultId);
  yield* bench.fill(2, MISSING + 0x2000n);
  yield* system.load(RESPONSES_INVALID);
  yield* system.destroy(bench.hwpt);
  yield* system.attach(other);
  yield* system.settle();
  yield* system.load(RESPONSES_INVALID);
  yield* bench.finish(0, 1, 2);
  yield* bench.stop();
  yield* system.detach();
  for (const object of [faultId, other, faultId, bench.hwpt, faultId, parent, parent]) {
    yield* system.destroy(object);
  }
}

/** What IOMMU_HWPT_ALLOC refuses, and which number the next object gets. */
function* objects<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  const { ioas: parent, queue: faultId } = bench;
  yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId: 0xffff_ffff });
  yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId: 0 });
  yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId: parent });
  yield* system.hwpt({ flags: FAULT_ID_VALID | NEST_PARENT, parent, faultId });
  yield* system.hwpt({ flags: FAULT_ID_VALID, parent: 1, faultId });
  yield* system.hwpt({ flags: FAULT_ID_VALID, parent: 99, faultId });
  yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId, device: 99 });
  yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId, device: parent });
  yield* system.hwpt({ flags: 0x8000_0000, parent });
  yield* system.attach(99);
  yield* system.attach(faultId);
  const first = yield* system.hwpt({ parent });
  const second = yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId });
  if (isError(first) || isError(second)) throw new Error(`${first}, ${second}`);
  yield* system.destroy(first);
  yield* system.destroy(first);
  yield* system.destroy(0);
  const again = yield* system.hwpt({ parent });
  yield* system.destroy(parent);
  yield* system.destroy(1);
  yield* bench.close(second, again as number);
}

/** Faults of requests with PASID, over the same table and over another. */
function* pasids<Step>(system: System<Step>): Call<Step, void> {
  const flags = FAULT_ID_VALID | FOR_PASIDS;
  const bench = yield* Bench.open(system, flags);
  const { ioas: parent, queue: faultId, hwpt } = bench;
  const other = yield* system.hwpt({ flags, parent, faultId });
  const without = yield* system.hwpt({ flags: FAULT_ID_VALID, parent, faultId });
  if (isError(other) || isError(without)) throw new Error(`${other}, ${without}`);
  yield* system.attach(without, 5);
  yield* system.attach(parent, 5);
  yield* system.attach(hwpt, 5);
  yield* system.attach(other, 7);
  yield* system.attach(without);
  yield* system.stop(1);
  yield* system.stop(2);
  yield* system.start(1, 5);
  yield* system.start(2, 7);
  yield* bench.fill(0, MISSING);
  yield* bench.fill(1, MISSING + 0x1000n, 2);
  yield* bench.fill(2, MISSING + 0x4000n);
  yield* bench.read();
  yield* bench.map(MISSING, 8);
  yield* bench.answer(2, SUCCESS);
  yield* bench.answer(1, SUCCESS);
  yield* bench.finish(0, 1);
  // Only what was attached to PASID 7 goes.
  yield* bench.fill(1, MISSING + 0x10000n);
  yield* system.attach(hwpt, 7);
  yield* system.settle();
  yield* bench.finish(2);
  yield* bench.answer(3);
  yield* bench.read();
  yield* bench.answer(1);
  yield* bench.finish(1);
  yield* system.stop(1);
  yield* system.stop(2);
  yield* system.detach(7);
  yield* system.detach(7);
  yield* system.detach(5);
  yield* system.attach(without);
  yield* system.attach(hwpt, 5);
  yield* bench.close(other, without);
}

/** A handler at work: each round has a group of each queue of the engine. */
function* handler<Step>(system: System<Step>): Call<Step, void> {
  const bench = yield* Bench.open(system);
  const port: FaultPort<Step> = {
    poll: () => atOnce(true),
    read: (count) => bench.read(count),
    write: (bytes) => bench.write(bytes),
    *map({ address }) {
      if (address >= FORBIDDEN) return false;
      return (yield* bench.map(address)) === 0;
    },
  };
  const program = new FaultHandler(port, { messages: 1 });
  yield* system.store(GROUP_SIZE, 8);
  for (let round = 0; round < 6; round++) {
    for (let queue = 0; queue < 4; queue++) {
      const pages = 1 + ((3 * round + 5 * queue) % 8);
      const base = round % 4 === 3 && queue === 1 ? FORBIDDEN : MISSING;
      yield* bench.fill(queue, base + BigInt(0x10_0000 * queue + 0x1_0000 * round), pages);
    }
    yield* program.take();
    yield* bench.finish(0, 1, 2, 3);
  }
  yield* bench.close();
}

function fill(destination: bigint, pages: number) {
  return { control: FILL, length: pages * PAGE, destination, pattern: PATTERN };
}

/** A first stage of the program's own: what may be nested and invalidated, and a fault in it. */
function* nested<Step>(system: System<Step>): Call<Step, void> {
  const parent = yield* system.ioas();
  const faultId = yield* system.faultQueue();
  if (isError(parent) || isError(faultId)) throw new Error(`${parent}, ${faultId}`);
  const nest = yield* system.hwpt({ flags: NEST_PARENT, parent });
  const plain = yield* system.hwpt({ parent });
  if (isError(nest) || isError(plain)) throw new Error(`${nest}, ${plain}`);
  const flags = FAULT_ID_VALID;
  const stage = (root: bigint, width = 48, bits = 0n) => {
    const data = new Uint8Array(24);
    const view = new DataView(data.buffer);
    view.setBigUint64(0, bits, true);
    view.setBigUint64(8, root, true);
    view.setUint32(16, width, true);
    return data;
  };
  const root = ringOf(1);
  const data = stage(root);
  yield* system.hwpt({ parent: nest, flags, faultId: 0xffff_ffff, dataType: 1, data });
  yield* system.hwpt({ parent: nest, flags: flags | NEST_PARENT, faultId, dataType: 1, data });
  yield* system.hwpt({ parent: nest, dataType: 1, flags: 0x8000_0000, data });
  yield* system.hwpt({ parent: nest, dataType: 1 });
  yield* system.hwpt({ parent: nest, dataType: 0, data });
  yield* system.hwpt({ parent: nest, dataType: 7, data });
  yield* system.hwpt({ parent: nest, dataType: 1, data: data.subarray(0, 16) });
  // Linux 7.2 looks neither at the width nor at bits of the flags that mean nothing.
  const unchecked = [stage(root, 39), stage(root, 48, 1n << 40n)];
  for (const odd of unchecked) {
    const table = yield* system.hwpt({ parent: nest, dataType: 1, data: odd });
    if (!isError(table)) yield* system.destroy(table);
  }
  yield* system.hwpt({ parent: plain, dataType: 1, data });
  yield* system.hwpt({ parent, dataType: 1, data });
  const inner = yield* system.hwpt({ parent: nest, flags, faultId, dataType: 1, data });
  if (isError(inner)) throw new Error(inner);
  yield* system.hwpt({ parent: inner, dataType: 1, data });
  yield* system.destroy(nest);

  const entry = (iova: bigint, pages: bigint, bits = 0) => {
    const bytes = new Uint8Array(24);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, iova, true);
    view.setBigUint64(8, pages, true);
    view.setUint32(16, bits, true);
    return bytes;
  };
  const one = entry(0x1000n, 1n);
  const pair = (second: Uint8Array) => new Uint8Array([...one, ...second]);
  const all = 0xffff_ffff_ffff_ffffn;
  const longer = (tail: number) => new Uint8Array([...one, ...new Uint8Array(7), tail]);
  const length = 24;
  yield* system.invalidate({ hwpt: nest, entryLength: length, entries: 1, data: one });
  yield* system.invalidate({ hwpt: 99, entryLength: length, entries: 1, data: one });
  yield* system.invalidate({ hwpt: inner, entryLength: length, entries: 0 });
  yield* system.invalidate({ hwpt: inner, entryLength: length, entries: 0, dataType: 1 });
  yield* system.invalidate({
    hwpt: inner,
    entryLength: length,
    entries: 1,
    dataType: 1,
    data: one,
  });
  yield* system.invalidate({ hwpt: inner, entryLength: 32, entries: 1, data: longer(1) });
  yield* system.invalidate({ hwpt: inner, entryLength: 32, entries: 1, data: longer(0) });
  yield* system.invalidate({ hwpt: inner, entryLength: 1, entries: 1, data: one });
  yield* system.invalidate({ hwpt: inner, entryLength: 5000, entries: 1, data: one });
  yield* system.invalidate({ hwpt: inner, entryLength: length, entries: (1 << 19) + 1, data: one });
  yield* system.invalidate({ hwpt: inner, entryLength: 0, entries: 1, data: one });
  yield* system.invalidate({ hwpt: inner, entryLength: length, entries: 1 });
  for (const bad of [entry(0x1000n, 1n, 2), entry(0x1001n, 1n), entry(0x1000n, all)]) {
    yield* system.invalidate({ hwpt: inner, entryLength: length, entries: 1, data: bad });
    yield* system.invalidate({ hwpt: inner, entryLength: length, entries: 2, data: pair(bad) });
  }
  for (const fine of [entry(0n, all), entry(0x1000n, 1n, 1), entry(0x1000n, 0n)]) {
    yield* system.invalidate({ hwpt: inner, entryLength: length, entries: 2, data: pair(fine) });
  }

  // Four levels of one page each; the ring of queue 0 is mapped, what the engine writes to is not.
  const table = (level: number) => root + BigInt(level * PAGE);
  const ring = ringOf(0);
  const index = (iova: bigint, level: number) => (iova >> BigInt(39 - 9 * level)) & 511n;
  const put = (iova: bigint, level: number, target: bigint) =>
    system.poke(table(level) + 8n * index(iova, level), target | 7n);
  yield* system.map(parent, ring, 8);
  for (let level = 0; level < 3; level++) yield* put(ring, level, table(level + 1));
  yield* put(ring, 3, ring);
  yield* system.attach(inner);
  yield* system.start(0);
  yield* system.store(GROUP_SIZE, 4);
  const wanted = ring + 0x10_0000n;
  yield* system.submit(0, fill(wanted, 2));
  yield* system.settle();
  yield* system.read(faultId, 16 * BYTES);
  for (let page = 0; page < 2; page++) {
    yield* put(wanted + BigInt(page * PAGE), 3, ring + BigInt((6 + page) * PAGE));
  }
  yield* system.write(faultId, encodeAnswers([{ cookie: 1, code: SUCCESS }]));
  yield* system.finish(0);
  yield* system.peek(ring + BigInt(7 * PAGE));
  yield* system.destroy(inner);
  yield* system.stop(0);
  yield* system.detach();
  yield* system.close(faultId);
  for (const object of [inner, nest, plain, faultId, parent]) yield* system.destroy(object);
}

/** By title, in the order in which they are run one after the other. */
export const programs: readonly (readonly [title: string, program: Program])[] = [
  ["answers", answers],
  ["reads", reads],
  ["broken buffers", brokenBuffers],
  ["writes", writes],
  ["cookies", cookies],
  ["cookie zero", cookieZero],
  ["tables that go away", takenAway],
  ["a closed file", closedFile],
  ["objects", objects],
  ["PASIDs", pasids],
  ["nested", nested],
  ["handler", handler],
  ...commandPrograms,
];
