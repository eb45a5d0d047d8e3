import type { CauseName, ProfileResult } from "../account/index.js";
import { stageTitle, words } from "./names.js";

/** What is at work for this share of the time holds up everything else. */
const BUSY = 0.9;
/** Requests that wait for something as much wait because of it. */
const MUCH = 0.05;
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
  const { driver, invalidation } = result;
  if (driver.utilization >= BUSY) {
    parts.push(
      `The driver holds the run up: it answers page requests ${percent(driver.utilization)} of the time.`,
    );
  }
  if (invalidation.utilization >= BUSY) {
    parts.push(
      `Invalidations hold the run up: their engine is at work ${percent(invalidation.utilization)} of the time.`,
    );
  }
  if ((waits.get("invalidation") ?? 0) > MUCH) {
    parts.push(`Lookups pause for invalidations ${percent(invalidation.paused)} of the time.`);
  }
  return parts.join(" ");
}

function walkersHoldUp({ walkers }: ProfileResult, waits: ReadonlyMap<CauseName, number>): boolean {
  return walkers.utilization >= BUSY && (waits.get("walkers") ?? 0) > MUCH;
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
