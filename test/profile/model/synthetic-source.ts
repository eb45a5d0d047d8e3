import type { ProfileObserver, RequestAccount } from "../../../host/profile/account/index.js";
import { TimingModel, type RequestSource } from "../../../host/profile/model/timing-model.js";
import type { Flight } from "../../../host/profile/model/flight.js";
import { timingSet, type Timing } from "../../../host/profile/timing/index.js";

/** `ideal` with some parameters set otherwise. */
export function idealBut(values: Partial<Timing>): Timing {
  return { ...timingSet("ideal")!.values, ...values };
}

/** Requests whose steps a test gives, without a unit. */
export function source(
  count: number,
  fill: (flight: Flight, index: number) => void,
  streams = 1,
): RequestSource {
  let made = 0;
  return {
    streams,
    next: (flight) => {
      if (made === count) return false;
      fill(flight, made++);
      return true;
    },
  };
}

/** Runs requests through the model; answers it, and what `look` makes of each. */
export function run<T>(
  timing: Timing,
  requests: RequestSource,
  look: (account: RequestAccount) => T,
  seed = 1,
  others: readonly ProfileObserver[] = [],
): { model: TimingModel; seen: T[] } {
  const seen: T[] = [];
  const observer = {
    request: (account: RequestAccount) => void seen.push(look(account)),
    end: () => undefined,
  };
  const model = new TimingModel(timing, seed, [observer, ...others]);
  model.run(requests);
  return { model, seen };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
