import { read, write, type AccessSequence } from "./access.js";

/** An interrupt of the unit, as its event registers take it. */
export interface EventMessage {
  readonly data: number;
  readonly address: number;
  readonly upperAddress: number;
}

/** Linux writes the message when it allocates the interrupt and when it requests it; then it unmasks. */
export function* enableEvent(
  event: "PE" | "FE" | "PERFINTR",
  message: EventMessage,
): AccessSequence {
  for (let time = 0; time < 2; time++) {
    yield* write(`${event}DATA`, message.data);
    yield* write(`${event}ADDR`, message.address);
    yield* write(`${event}UADDR`, message.upperAddress);
  }
  yield* write(`${event}CTL`, 0);
  yield* read(`${event}CTL`);
}
