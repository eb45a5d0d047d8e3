import { Prng } from "../../random/prng.js";
import { stageNumber, requestKinds } from "../account/index.js";
import type { Flight } from "../model/flight.js";
import { control } from "../model/program.js";
import { numeric } from "./numeric-parameter.js";
import { numberOf } from "./parameters.js";
import { PageRequestDriver } from "./page-request-driver.js";
import type { Workload } from "./workload.js";
import { OUTPUT, setAddress, World } from "./world.js";

const IOVA = 0x7f00_0000_0000;
const DEVICE = 0x0100;
const FRAME = 4096;
const GROUPS = 512;
const TRANSLATION_REQUEST = requestKinds.indexOf("translation request");
const WITH_PAGE_REQUESTS = requestKinds.indexOf("access with page requests");

/** Shared virtual addressing: a device follows pointers through memory that processes have not touched yet. */
export const sva: Workload = {
  name: "sva",
  description:
    "pointers that a device follows in the memory of processes, one after the other; each page is " +
    "asked for by a page request when it is touched first",
  parameters: [
    numeric("processes", 4, [1, 256], "address spaces, each with a PASID"),
    numeric("chains", 2, [1, 64], "pointers that are followed at the same time in each process"),
    numeric("pages", 4096, [1, 262_144], "pages of each process"),
  ],
  prepare: async ({ requests, seed, caches, values }) => {
    const processes = numberOf(values, "processes");
    const chains = numberOf(values, "chains");
    const pages = numberOf(values, "pages");
    const tables = processes * (Math.ceil(pages / 512) + 8);
    const world = await World.create({ ramBytes: 4 * 2 ** 20 + tables * FRAME, caches });
    const spaces = Array.from({ length: processes }, () => world.addressSpace());
    spaces.forEach((space, n) => {
      world.bind(DEVICE, n + 1, space);
    });
    const driver = new PageRequestDriver(world, (_, pasid, address) => {
      const place = address - BigInt(IOVA);
      spaces[pasid! - 1]!.map(address, OUTPUT + BigInt(pasid!) * 0x1_0000_0000n + place, {});
    });
    const prng = new Prng(seed);
    let made = 0;
    const next = (flight: Flight): boolean => {
      if (made === requests) return false;
      const chain = made++ % (processes * chains);
      flight.stream = chain;
      flight.sourceId = DEVICE;
      flight.pasid = 1 + (chain % processes);
      setAddress(flight, IOVA + prng.below(pages) * FRAME + prng.below(512) * 8);
      if (!translated(world, flight)) fault(world, driver, flight, made % GROUPS);
      return true;
    };
    return { iommu: world.iommu, streams: processes * chains, outstanding: 1, next };
  },
};

function addressOf({ addressLow, addressHigh }: Flight): bigint {
  return (BigInt(addressHigh >>> 0) << 32n) | BigInt(addressLow >>> 0);
}

/** A translation request and its completion; false if there is nothing at the address. */
function translated({ iommu, tap }: World, flight: Flight): boolean {
  const { sourceId, pasid, program } = flight;
  flight.kind = TRANSLATION_REQUEST;
  program.add(stageNumber.request);
  tap.flight = flight;
  const result = iommu.requestTranslation({ sourceId, pasid, address: addressOf(flight) });
  tap.flight = undefined;
  program.add(stageNumber.completion);
  if (result.status === "ok") return result.read;
  throw new Error(`a translation request of the workload sva is ${result.status}`);
}

function fault(world: World, driver: PageRequestDriver, flight: Flight, group: number): void {
  const { iommu, tap } = world;
  const { sourceId, pasid, program } = flight;
  flight.kind = WITH_PAGE_REQUESTS;
  program.add(control.askForPages);
  program.add(stageNumber.request);
  tap.flight = flight;
  const address = addressOf(flight) & ~0xfffn;
  const request = { sourceId, pasid, address, read: true, write: true, last: true, group };
  const { status } = iommu.requestPage(request);
  tap.flight = undefined;
  if (status !== "accepted") throw new Error(`a page request of the workload sva is ${status}`);
  program.add(stageNumber.pageRequestQueue);
  driver.answer(flight);
  program.add(control.retry);
  if (!translated(world, flight)) throw new Error("a page that was answered is not there");
  flight.kind = WITH_PAGE_REQUESTS;
}
