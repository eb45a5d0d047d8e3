import {
  isCounted,
  performanceEvents,
  performanceFilters,
  type PerformanceEvent,
} from "../spec/performance-events.js";
import { commandRegisters } from "../spec/registers/commands.js";
import { performanceRegisters } from "../spec/registers/performance.js";

type Values = Readonly<Record<string, number>>;

/** Where the registers lie that PERFCFGOFF and its neighbours place: behind the first page. */
const places = { CFGO: 0x1000, FZO: 0x1800, OFO: 0x1808, CNTO: 0x2000 } as const;

const offsetRegisters = {
  PERFCFGOFF: places.CFGO,
  PERFFRZOFF: places.FZO,
  PERFOVFOFF: places.OFO,
  PERFCNTROFF: places.CNTO,
} as const;

function announces(event: PerformanceEvent, values: Values): boolean {
  if (!isCounted(event)) return false;
  return event.requiresAny?.some((name) => (values[name] ?? 0) !== 0) ?? true;
}

/** PERFEVNTCAP.ES of each event group, for a unit with these fields of CAP_REG and ECAP_REG. */
function eventGroups(values: Values): number[] {
  const announced = performanceEvents.filter((event) => announces(event, values));
  const count = 1 + Math.max(...announced.map(({ group }) => group));
  return Array.from({ length: count }, (_, group) =>
    announced
      .filter((event) => event.group === group)
      .reduce((bits, { bit }) => bits | (1 << bit), 0),
  );
}

/**
 * PERFCAP_REG of a unit by field, and where it places registers; nothing without PMS. A filter that
 * no announced event may be counted with is not supported.
 */
export function performanceFields(values: Values): Values {
  if ((values["PMS"] ?? 0) === 0) return {};
  const announced = performanceEvents.filter((event) => announces(event, values));
  const supports = (filter: (typeof performanceFilters)[number]) =>
    announced.some(({ filters }) => filters.includes(filter)) ? 1 : 0;
  return {
    ...places,
    ...Object.fromEntries(performanceFilters.map((name) => [`${name}FS`, supports(name)])),
    RSVD: 0xf,
    CS: 0,
    PCCS: 0,
    IOS: 1,
    GFS: 1,
    CWE: 1,
    EGCNT: eventGroups(values).length,
    CW: 48,
    NCNTR: 8,
  };
}

function compose(mnemonic: string, values: Values): bigint {
  const all = [...performanceRegisters, ...commandRegisters];
  const fields = all.find((register) => register.mnemonic === mnemonic)?.fields ?? [];
  return fields.reduce(
    (word, { name, low }) => word | (BigInt(values[name] ?? 0) << BigInt(low)),
    0n,
  );
}

/**
 * Registers of performance monitoring and of enhanced commands that only report, by name: "ECCAP3",
 * "PERFEVNTCAP2". The commands are those of performance monitoring.
 */
export function performanceReports(values: Values): ReadonlyMap<string, bigint> {
  if ((values["PMS"] ?? 0) === 0) return new Map();
  const commands = ["ECNTS", "DCNTS", "RCFGS", "RCNTS", "FCNTS", "UFCNTS"];
  return new Map([
    ["PERFCAP", compose("PERFCAP", performanceFields(values))],
    ...Object.entries(offsetRegisters).map(([name, place]) => [name, BigInt(place)] as const),
    ...eventGroups(values).map((events, group) => [`PERFEVNTCAP${group}`, BigInt(events)] as const),
    ["ECCAP3", compose("ECCAP3", Object.fromEntries(commands.map((name) => [name, 1])))],
  ]);
}
