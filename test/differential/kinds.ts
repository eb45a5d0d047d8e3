import type fc from "fast-check";
import type { Account } from "./difference.js";
import type { Ground } from "./ground.js";
import { invalidation } from "./invalidation.js";
import { invalidationDraw } from "./invalidation-draw.js";
import { interrupts, interruptsDraw } from "./interrupts.js";
import { pageRequests, pageRequestsDraw } from "./page-requests.js";
import { queues, queuesDraw } from "./queues.js";
import { translation, translationDraw } from "./translation.js";

/** A property of which the unit and the oracle are the two sides. */
export interface Kind<T> {
  /** What holds when there is no difference. */
  readonly claim: string;
  readonly draw: fc.Arbitrary<T>;
  /** One run. @throws Difference */
  readonly run: (drawn: T, ground: Ground, account?: Account) => void;
}

/** Hides what a kind draws from those who only run it. */
function kind<T>(parts: Kind<T>): Kind<unknown> {
  return parts as Kind<unknown>;
}

export const kinds: Readonly<Record<string, Kind<unknown>>> = {
  translation: kind({
    claim: "both answer every request over random tables alike, flags and fault records included",
    draw: translationDraw,
    run: translation,
  }),
  invalidation: kind({
    claim: "the unit answers as memory does, or as caches may by chapter 6 of the manual",
    draw: invalidationDraw,
    run: invalidation,
  }),
  queues: kind({
    claim: "both show the same registers, messages and memory whatever software and devices do",
    draw: queuesDraw,
    run: queues,
  }),
  "page-requests": kind({
    claim: "both queue, answer and drop the same page requests",
    draw: pageRequestsDraw,
    run: pageRequests,
  }),
  interrupts: kind({
    claim: "both deliver, post and block the same interrupts, by memory or by a cached entry",
    draw: interruptsDraw,
    run: interrupts,
  }),
};
