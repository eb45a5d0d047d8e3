import { registers } from "../../spec/registers.js";
import { read, type AccessSequence } from "./access.js";
import { registerBit, registerBits } from "./fields.js";

/** What the driver may count with: the counters of a unit, all of one width (§11.4.13). */
export interface PerformanceCounters {
  readonly count: number;
  /** Bits of a counter. */
  readonly width: number;
  /** Events by counter and by group: a bit for each, as ES of PERFCNTRCFG has them. */
  readonly events: readonly (readonly bigint[])[];
  /** Byte offset of the registers that configure counter 0; those of the next lie 256 bytes on. */
  readonly configuration: number;
  /** Byte offset of counter 0. */
  readonly values: number;
  /** Bytes from a counter to the next. */
  readonly stride: number;
  /** Byte offset of PERFOVFSTS. */
  readonly overflow: number;
}

const field = (register: string, name: string) => {
  const bits = registerBits(register, name);
  return (word: bigint) => Number(bits.get(word));
};
const capability = {
  counters: field("PERFCAP", "NCNTR"),
  width: field("PERFCAP", "CW"),
  groups: field("PERFCAP", "EGCNT"),
  stride: field("PERFCAP", "CS"),
  overflowInterrupt: field("PERFCAP", "IOS"),
};
const own = {
  overrides: field("PERFCNTRCAP", "PCC"),
  width: field("PERFCNTRCAP", "CW"),
  groups: field("PERFCNTRCAP", "EGCNT"),
  overflowInterrupt: field("PERFCNTRCAP", "IOS"),
  group: field("PERFCNTREVCAP", "EGI"),
  events: registerBits("PERFCNTREVCAP", "ES"),
};
const GROUP_EVENTS = registerBits("PERFEVNTCAP", "ES");
/** Enabling and disabling a counter, freezing and unfreezing all of them. */
const NEEDED_COMMANDS = ["ECNTS", "DCNTS", "FCNTS", "UFCNTS"];
const CONFIGURATION_BYTES = 0x100;
/** What an overflow status of 64 bits can tell apart. */
const MOST_COUNTERS = 64;

/** What Linux reads of a unit with enhanced commands and PMS: undefined if that is not enough to count with. */
export function* findCounters(commands: bigint): AccessSequence<PerformanceCounters | undefined> {
  const found = yield* read("PERFCAP");
  const groups = capability.groups(found);
  const announced = Math.min(capability.counters(found), MOST_COUNTERS);
  const usable = announced > 0 && groups > 0 && capability.overflowInterrupt(found) === 1;
  const missing = NEEDED_COMMANDS.some((name) => (commands & registerBit("ECCAP3", name)) === 0n);
  if (!usable || missing) return undefined;

  const shared: bigint[] = [];
  for (let group = 0; group < groups; group++) {
    shared.push(GROUP_EVENTS.get(yield* readAt("PERFEVNTCAP", 8 * group)));
  }
  const configuration = Number(yield* read("PERFCFGOFF"));
  const values = Number(yield* read("PERFCNTROFF"));
  const overflow = Number(yield* read("PERFOVFOFF"));

  const width = capability.width(found);
  const events: (readonly bigint[])[] = [];
  while (events.length < announced) {
    const place = configuration + CONFIGURATION_BYTES * events.length;
    const single = yield* readAt("PERFCNTRCAP", place);
    if (own.overrides(single) === 0) {
      events.push(shared);
      continue;
    }
    const particular = yield* ownEvents(place, own.groups(single), groups);
    // One that differs ends the list: those behind it are not looked at.
    if (own.width(single) !== width || own.overflowInterrupt(single) === 0) break;
    events.push(particular);
  }
  const stride = 2 ** (10 + capability.stride(found));
  return { count: events.length, width, events, configuration, values, stride, overflow };
}

function* ownEvents(place: number, count: number, groups: number): AccessSequence<bigint[]> {
  const events = new Array<bigint>(groups).fill(0n);
  for (let index = 0; index < count; index++) {
    const word = yield* readAt("PERFCNTREVCAP", place + 4 * index);
    if (own.group(word) < groups) events[own.group(word)] = own.events.get(word);
  }
  return events;
}

/** A register of those that lie `distance` bytes from where the description has the first. */
function* readAt(register: string, distance: number): AccessSequence<bigint> {
  const { offset, width } = registers.find(({ mnemonic }) => mnemonic === register)!;
  const size = width === 64 ? 8 : 4;
  return yield { access: "read", register, offset: offset + distance, size };
}
