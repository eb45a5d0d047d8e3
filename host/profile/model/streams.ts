import type { EventQueue } from "./event-queue.js";
import type { Flight } from "./flight.js";
import { IdQueue } from "./id-queue.js";

interface Stream {
  readonly waiting: IdQueue;
  /** Requests on their way, or due to be sent. */
  outstanding: number;
  /** When the last one was sent. */
  sent: number;
}

/** Sequences of requests, each sent in order, with so many outstanding at most. */
export class Streams {
  readonly #streams: Stream[] = [];
  readonly #flights: readonly Flight[];
  readonly #events: EventQueue;
  readonly #most: number;
  readonly #gap: number;

  constructor(
    flights: readonly Flight[],
    events: EventQueue,
    { outstanding, gap }: { outstanding: number; gap: number },
  ) {
    this.#flights = flights;
    this.#events = events;
    this.#most = outstanding;
    this.#gap = gap;
  }

  /** A request that the workload has made. */
  add(flight: Flight, now: number): void {
    const stream = this.#of(flight.stream);
    stream.waiting.push(flight.id);
    this.#send(stream, now);
  }

  /** One is done: the next may go. */
  done(flight: Flight, now: number): void {
    const stream = this.#of(flight.stream);
    stream.outstanding--;
    this.#send(stream, now);
  }

  #of(number: number): Stream {
    while (this.#streams.length <= number) {
      this.#streams.push({ waiting: new IdQueue(), outstanding: 0, sent: -Infinity });
    }
    return this.#streams[number]!;
  }

  #send(stream: Stream, now: number): void {
    while (stream.waiting.length > 0 && stream.outstanding < this.#most) {
      const flight = this.#flights[stream.waiting.shift()]!;
      const gap = flight.gap > 0 ? flight.gap : this.#gap;
      const free = Math.max(now, stream.sent + gap);
      flight.arrival = flight.scheduled >= 0 ? flight.scheduled : free;
      const sent = Math.max(free, flight.arrival);
      stream.sent = sent;
      stream.outstanding++;
      this.#events.add(sent, flight.id);
    }
  }
}
