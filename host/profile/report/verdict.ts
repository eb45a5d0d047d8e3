import type { CauseName, ProfileResult } from "../account/index.js";
import { stageTitle, words } from "./names.js";

/** Walkers, or the driver, hold up everything else from this share of the time at work on. */
const BUSY = 0.9;
const MOST = 3;

/** In sentences where the cycles of requests went, and what holds the run up where that is plain. */
export function verdict(result: ProfileResult): string {
  const { stages } = result;
  const waits = new Map<CauseName, number>();
  for (const { cause, share } of stages) {
    if (cause !== "none") waits.set(cause, (waits.get(cause) ?? 0) + share);
  }
  const waiting = [...waits.values()].reduce((sum, share) => sum + share, 0);
  const work = stages.filter(({ cause }) => cause === "none");
  const parts = [
    `${percent(1 - waiting)} of the cycles of requests are work${listed(
      work.map((row) => [stageTitle(row), row.share]),
    )}.`,
  ];
  if (waiting >= 0.01) {
    const causes = [...waits].map(([cause, share]) => [words(cause), share] as const);
    parts.push(`${percent(waiting)} are waiting${listed(causes)}.`);
  }
  if (walkersHoldUp(result, waits)) {
    parts.push(
      `The page walkers hold the run up: they are at work ${percent(result.walkers.utilization)} of the time` +
        (waits.has("walkerQueue")
          ? ", and while the queue ahead of them is full, nothing passes the lookup port."
          : "."),
    );
  }
  return parts.join(" ");
}

function walkersHoldUp({ walkers }: ProfileResult, waits: ReadonlyMap<CauseName, number>): boolean {
  return walkers.utilization >= BUSY && (waits.get("walkers") ?? 0) > 0.05;
}

/** The most of some shares, behind a colon. */
function listed(shares: readonly (readonly [string, number])[]): string {
  const shown = shares
    .filter(([, share]) => share >= 0.01)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST)
    .map(([name, share]) => `${name} ${percent(share)}`);
  return shown.length === 0 ? "" : ` (${shown.join(", ")})`;
}

const percent = (share: number): string => `${(100 * share).toFixed(share >= 0.1 ? 0 : 1)} %`;
