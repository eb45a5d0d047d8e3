import type { RequestAccount } from "../account/index.js";
import { requestText } from "./names.js";
import { ways, wayOf } from "./way.js";

export interface KeptSpan {
  readonly stage: number;
  readonly cause: number;
  readonly level: number;
  readonly walker: number;
  readonly start: number;
  readonly end: number;
}

/** A copy of what the account of a request says, for as long as the run goes on. */
export interface KeptRequest {
  readonly index: number;
  readonly sourceId: number;
  readonly pasid: number;
  readonly stream: number;
  readonly address: bigint;
  readonly name: string;
  readonly way: string;
  readonly arrival: number;
  readonly finished: number;
  readonly spans: readonly KeptSpan[];
  readonly pageGroup?: number;
}

export function keptRequest(account: RequestAccount): KeptRequest {
  const spans = Array.from({ length: account.spans }, (_, span) => ({
    stage: account.stage[span]!,
    cause: account.cause[span]!,
    level: account.level[span]!,
    walker: account.walker[span]!,
    start: account.start[span]!,
    end: account.end[span]!,
  }));
  return {
    index: account.index,
    sourceId: account.sourceId,
    pasid: account.pasid,
    stream: account.stream,
    address: (BigInt(account.addressHigh >>> 0) << 32n) | BigInt(account.addressLow >>> 0),
    name: requestText(account),
    way: ways[wayOf(account)]!.name,
    arrival: account.arrival,
    finished: account.finished,
    spans,
    ...(account.pageGroup !== undefined && { pageGroup: account.pageGroup.number }),
  };
}
