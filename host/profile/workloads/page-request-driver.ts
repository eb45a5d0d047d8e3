import { read, runAccesses, write, type AccessSequence } from "../../driver/vtd/access.js";
import { groupResponse } from "../../driver/vtd/descriptors.js";
import { decodeRequest, REQUEST_BYTES } from "../../driver/vtd/page-request.js";
import { stageNumber } from "../account/index.js";
import { Flight } from "../model/flight.js";
import { control } from "../model/program.js";
import type { World } from "./world.js";

const SUCCESS = 0;
/** PRS.PPR, which a written 1 clears. */
const PENDING = 1;

/** Provides a page: from then on it translates. */
export type ProvidePage = (sourceId: number, pasid: number | undefined, address: bigint) => void;

/**
 * What a driver does with the page request queue: reads the entries, provides the pages, and answers each group by a
 * descriptor in the invalidation queue. It does so at once; how long it takes is the model's.
 */
export class PageRequestDriver {
  readonly #world: World;
  readonly #provide: ProvidePage;
  readonly #touched = new Flight(-1);
  #responses = 0;

  constructor(world: World, provide: ProvidePage) {
    this.#world = world;
    this.#provide = provide;
    world.iommu.on("pageGroupResponse", ({ code }) => {
      if (code === SUCCESS) this.#responses++;
    });
  }

  /** Answers all that is queued; adds the way of the response to the program of a request. @throws Error without any */
  answer(flight: Flight): void {
    const before = this.#responses;
    const touched = this.#touched;
    touched.clear();
    this.#world.tap.flight = touched;
    runAccesses(this.#world.iommu, this.#serve());
    this.#world.tap.flight = undefined;
    if (this.#responses === before) throw new Error("a page request was not answered");
    const { program } = flight;
    program.add(stageNumber.interrupt);
    program.add(stageNumber.driver);
    for (let step = 0; step < touched.program.length; step++) {
      const name = touched.program.steps[step]! & 0xff;
      program.add(name === control.invalidate ? stageNumber.response : name);
    }
    program.add(stageNumber.completion);
  }

  *#serve(): AccessSequence {
    const { memory, booted } = this.#world;
    const { base, bytes } = booted.pageRequestQueue!;
    yield* write("PRS", PENDING);
    const tail = yield* read("PQT");
    let head = yield* read("PQH");
    while (head !== tail) {
      const word = (n: bigint): bigint => memory.read64(base + head + 8n * n)!;
      const { sourceId, fault } = decodeRequest(word(0n), word(1n));
      this.#provide(sourceId, fault.pasid, fault.address);
      if (fault.last) yield* this.#respond(sourceId, fault.pasid, fault.grpid);
      head = (head + BigInt(REQUEST_BYTES)) % BigInt(bytes);
    }
    yield* write("PQH", head);
  }

  *#respond(sourceId: number, pasid: number | undefined, group: number): AccessSequence {
    const ring = this.#world.booted.invalidations;
    const response = groupResponse({ sourceId, pasid, group, code: SUCCESS });
    const submission = ring.fill([response], false);
    yield* write("IQT", BigInt(ring.tail));
    ring.release(submission);
  }
}
