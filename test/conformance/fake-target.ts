import type { Answer, Operation, Session, Target } from "../../host/conformance/index.js";
import { abilityNames, type Ability } from "../../host/conformance/index.js";

/** What a fake target says to some operations; undefined stands for the usual answer. */
export type Manners = (operation: Operation) => Answer | undefined;

export interface FakeOptions {
  readonly name?: string;
  readonly manners?: Manners;
  readonly without?: readonly Ability[];
  /** VER, CAP and ECAP of each configuration of the target's own. */
  readonly configurations?: Readonly<Record<string, readonly [number, bigint, bigint]>>;
}

const usual = (operation: Operation): Answer => {
  switch (operation.op) {
    case "read-register":
      return { ok: true, value: 0n };
    case "read-memory":
      return { ok: true, data: new Uint8Array(operation.length) };
    case "take-events":
      return { ok: true, events: [] };
    default:
      return { ok: true };
  }
};

/** A target that knows nothing of VT-d; `opened` and `closed` count its sessions. */
export function fakeTarget({ name = "fake", manners, without = [], ...rest }: FakeOptions = {}) {
  const log = { opened: [] as string[], closed: 0, performed: [] as string[] };
  const { configurations } = rest;
  const target: Target = {
    name,
    title: "a fake",
    mayHang: false,
    ...(configurations !== undefined && { configurations: Object.keys(configurations) }),
    open(configuration): Promise<Session> {
      log.opened.push(configuration.name);
      const [version, cap, ecap] = configurations?.[configuration.name] ?? [0x10, 0n, 0n];
      const reports = new Map([
        [0, BigInt(version)],
        [8, cap],
        [16, ecap],
      ]);
      const answer = (operation: Operation): Answer => {
        log.performed.push(operation.op);
        const value = operation.op === "read-register" ? reports.get(operation.offset) : undefined;
        return (
          manners?.(operation) ?? (value === undefined ? usual(operation) : { ok: true, value })
        );
      };
      return Promise.resolve({
        description: {
          abilities: new Set(abilityNames.filter((ability) => !without.includes(ability))),
          memory: { start: 0x20_0000n, end: 0x200_0000n },
          hostAddressWidth: 46,
          endpoints: [0x10],
        },
        perform: (operations) => Promise.resolve(operations.map(answer)),
        close: () => {
          log.closed++;
          return Promise.resolve();
        },
      });
    },
  };
  return { target, log };
}
