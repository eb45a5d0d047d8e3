/** One long run of calls with everything in it, for every build and engine of the core. */
import type { Core } from "../../host/core/core.js";
import type { CoreExports } from "../../host/core/exports.js";
import { at } from "../../host/core/layout.js";
import type { GuestMemory } from "../../host/memory/guest-memory.js";
import { registers } from "../../host/spec/registers.js";
import {
  FirstStageTable,
  FrameAllocator,
  PAGE_2M,
  ScalableTables,
  SecondStageTable,
  throughSecondStage,
} from "../../host/tables/index.js";

export const RAM = 2 ** 20;
/** RAM above 4 GiB, which the second stage maps. */
export const HIGH = { start: 1n << 32n, size: 2 ** 16 };

const INVALIDATION_QUEUE = 0xf_0000n;
const PAGE_REQUEST_QUEUE = 0xf_8000n;
const DEVICES = [0x0010, 0x0108, 0x01f8] as const;
const NO_PASID = -1;

/** An export of the core and its arguments; or the outbox is emptied. */
export type Step = readonly [
  name: Exclude<keyof CoreExports, "memory"> | "drain",
  ...args: number[],
];

/** What a step answers, and the result block behind it. */
export type Answer = readonly number[];

/** Where the ring of messages begins and ends. */
export const outbox = {
  head: at("LATCH") + at("LATCH_OUTBOX_HEAD"),
  tail: at("LATCH") + at("LATCH_OUTBOX_TAIL"),
};

/** Where the words of the result block are. */
export const resultWords: readonly number[] = Array.from(
  { length: 14 },
  (_, index) => at("RESULT") + 4 * index,
);

/** Makes the calls in this engine. */
export function play({ exports }: Core, steps: readonly Step[]): Answer[] {
  const functions = exports as unknown as Record<string, (...args: number[]) => number>;
  const call = ([name, ...args]: Step): number => {
    if (name !== "drain") return functions[name]!(...args);
    exports.poke32(outbox.head, exports.peek32(outbox.tail));
    return exports.resume();
  };
  return steps.map((step) => [call(step), ...resultWords.map((word) => exports.peek32(word))]);
}

/** Tables for three devices: PASID 0 first stage, 1 second stage, 2 nested, 3 pass-through. */
export function buildTables(memory: GuestMemory): bigint {
  const frames = new FrameAllocator({ start: 0x1000n, end: INVALIDATION_QUEUE });
  const tables = ScalableTables.create({ memory, frames });
  const firstStage = new FirstStageTable({ memory, frames });
  firstStage.map(0x1000n, 0x9000n, { count: 4 });
  firstStage.map(0x7000n, HIGH.start, { write: false });
  firstStage.map(0x8000n, 0xfee0_0000n);
  firstStage.map(0x4000_0000n, 0x8000_0000n, { size: PAGE_2M, user: false });
  const secondStage = new SecondStageTable({ memory, frames });
  secondStage.map(0x0n, 0x0n, { count: RAM / 4096 });
  secondStage.map(HIGH.start, HIGH.start, { count: 16, write: false });
  const guest = throughSecondStage(memory, secondStage);
  const nested = new FirstStageTable({ memory: guest, frames });
  nested.map(0x1000n, 0xa000n, { count: 4 });
  nested.map(0x7000n, HIGH.start);
  for (const sourceId of DEVICES) {
    const first = { kind: "first-stage", firstStage, domain: 1 } as const;
    tables.context(sourceId, { paside: true, dte: true, pre: true, ridPasid: 4 });
    tables.pasid(sourceId, 0, first);
    tables.pasid(sourceId, 1, { kind: "second-stage", secondStage, domain: 2, ssade: true });
    tables.pasid(sourceId, 2, { kind: "nested", firstStage: nested, secondStage, domain: 3 });
    tables.pasid(sourceId, 3, { kind: "pass-through", domain: 4, addressWidth: 48 });
    tables.pasid(sourceId, 4, first);
  }
  writeInvalidations(memory);
  return tables.rootTableAddress;
}

/** A ring of descriptors: everything in the caches by and by, and waits that write their status. */
function writeInvalidations(memory: GuestMemory): void {
  const wait = (value: bigint) => [(value << 32n) | 0x25n, 0xe_f000n];
  const descriptors = [
    [0x11n, 0n],
    wait(1n),
    [0x12n, 0n],
    wait(2n),
    [0x37n, 0n],
    wait(3n),
    [0x26n | (1n << 16n), 0n],
    wait(4n),
  ];
  for (let index = 0; index < 128; index++) {
    const [word0, word1] = descriptors[index % descriptors.length]!;
    const place = INVALIDATION_QUEUE + BigInt(32 * index);
    memory.write64(place, word0!);
    memory.write64(place + 8n, word1!);
  }
}

function halves(value: bigint): [number, number] {
  return [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))];
}

function writeRegister(mnemonic: string, size: 4 | 8, value: bigint): Step {
  const { offset } = registers.find((register) => register.mnemonic === mnemonic)!;
  return ["writeRegister", offset, size, ...halves(value)];
}

/** The calls: queues and translation are set up, then requests and invalidations, always the same. */
export function script(rootTableAddress: bigint, length: number): Step[] {
  const steps: Step[] = [
    writeRegister("RTADDR", 8, rootTableAddress),
    writeRegister("GCMD", 4, 1n << 30n),
    // Scalable mode wants descriptors of 256 bits (§6.5.2).
    writeRegister("IQA", 8, INVALIDATION_QUEUE | 0x800n),
    writeRegister("GCMD", 4, 1n << 26n),
    writeRegister("PQA", 8, PAGE_REQUEST_QUEUE),
    writeRegister("GCMD", 4, (1n << 31n) | (1n << 26n)),
  ];
  let state = 7;
  const draw = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % limit;
  };
  const pick = <T>(choices: readonly T[]): T => choices[draw(choices.length)]!;
  let tail = 0n;
  while (steps.length < length) {
    const sourceId = pick(DEVICES);
    const pasid = pick([NO_PASID, 0, 1, 2, 3, 5]);
    const page = pick([0x1000n, 0x3000n, 0x4000n, 0x5000n, 0x7000n, 0x8000n, 0x4000_3000n]);
    const address = pick([page, page + 0x40n, page, 0xfee0_1000n, HIGH.start]);
    const access = pick([0, 1, 2]) | (draw(8) === 0 ? 4 : 0) | (pick([4, 8, 64, 0]) << 16);
    const request = [sourceId, pasid, ...halves(address)] as const;
    switch (draw(16)) {
      case 0:
        tail = (tail + 64n) & 0xfffn;
        steps.push(writeRegister("IQT", 8, tail));
        break;
      case 1:
        steps.push(["requestTranslation", ...request, access & 0xf]);
        break;
      case 2:
        steps.push(["translateTranslated", ...request, access]);
        break;
      case 3:
        steps.push(["requestPage", ...request, 7 | (draw(512) << 16)]);
        break;
      case 4:
        steps.push(["drain"], ["advance", draw(100), 0]);
        break;
      case 5:
        steps.push(...batch(sourceId, pasid, access, [0x1000n, 0x2000n, 0x7000n, address]));
        break;
      case 6:
        steps.push(["readRegister", pick([0x34, 0x400, 0x80, 0xc8, 0xdc]), 4]);
        break;
      default:
        steps.push(["translate", ...request, access]);
    }
  }
  return steps;
}

/** A batch through the calls that hosts use that cannot look into memory. */
function batch(
  sourceId: number,
  pasid: number,
  access: number,
  addresses: readonly bigint[],
): Step[] {
  const records = at("BATCH");
  const size = at("REQUEST_SIZE");
  const fields = addresses.flatMap((address, index) =>
    [...halves(address), sourceId, pasid, access].map((word, field): Step => [
      "poke32",
      records + index * size + 4 * field,
      word,
    ]),
  );
  const outputs = addresses.flatMap((_, index) =>
    ["STATUS", "PHYSICAL"].map((field): Step => [
      "peek32",
      records + index * size + at(`REQUEST_${field}`),
    ]),
  );
  return [...fields, ["translateBatch", records, addresses.length], ...outputs];
}
