import { stageNumber } from "../account/index.js";
import { Flight } from "../model/flight.js";
import { control } from "../model/program.js";
import { encodeDescriptor, type QueuedPageRequest } from "./unit-software.js";
import type { World } from "./world.js";

const SUCCESS = 0;

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
    const { tap, software } = this.#world;
    touched.clear();
    tap.flight = touched;
    software.takePageRequests((request) => {
      this.#provide(request.sourceId, request.pasid, request.address);
      if (request.last) software.invalidate([responseTo(request)]);
    });
    tap.flight = undefined;
    if (this.#responses === before) throw new Error("a page request was not answered");
    const { program } = flight;
    program.add(stageNumber.interrupt);
    program.add(stageNumber.driver);
    for (let step = 0; step < touched.program.length; step++) {
      const name = touched.program.steps[step]! & 0xff;
      program.add(name === control.execute ? stageNumber.response : name);
      // The device has its response; the wait behind it is the driver's.
      if (name === control.execute) break;
    }
    program.add(stageNumber.completion);
  }
}

function responseTo({ sourceId, pasid, group }: QueuedPageRequest) {
  return encodeDescriptor("PAGE_GROUP_RESPONSE", {
    ...{ PP: pasid !== undefined, PASID: pasid ?? 0 },
    ...{ RID: sourceId, PRGI: group, RC: SUCCESS },
  });
}
