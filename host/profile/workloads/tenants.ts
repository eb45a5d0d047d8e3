import { Prng } from "../../random/prng.js";
import type { Flight } from "../model/flight.js";
import { Arrivals } from "./arrivals.js";
import { arrivalParameters, numberOf } from "./parameters.js";
import type { Workload } from "./workload.js";
import { OUTPUT, setAddress, World, type TableKind } from "./world.js";

const IOVA = 0x40_0000_0000;
const FIRST_DEVICE = 0x0100;
const FRAME = 4096;

/** Many address spaces, some of which are used far more than others. */
export const tenants: Workload = {
  name: "tenants",
  description:
    "many tenants, each with an address space and a PASID; a few of them make most requests (Zipf)",
  parameters: [
    { name: "tenants", usual: 256, least: 1, most: 4096, description: "address spaces" },
    { name: "devices", usual: 4, least: 1, most: 256, description: "devices, shared by all" },
    { name: "pages", usual: 64, least: 1, most: 512, description: "pages of each tenant" },
    {
      name: "skew",
      usual: 100,
      least: 0,
      most: 400,
      description: "exponent of the Zipf distribution, times 100; 0: all alike",
    },
    {
      name: "tables",
      usual: "first-stage",
      choices: ["first-stage", "second-stage"],
      description: "stage that translates",
    },
    ...arrivalParameters,
  ],
  prepare: async ({ requests, seed, caches, values }) => {
    const count = numberOf(values, "tenants");
    const devices = numberOf(values, "devices");
    const pages = numberOf(values, "pages");
    const kind = values["tables"] as TableKind;
    const ramBytes = 4 * 2 ** 20 + FRAME * (count * 6 + devices * (3 + count / 32));
    const world = await World.create({ ramBytes, caches });
    for (let tenant = 0; tenant < count; tenant++) {
      const space = world.addressSpace(kind);
      space.map(BigInt(IOVA), OUTPUT + BigInt(tenant * pages * FRAME), { count: pages });
      for (let device = 0; device < devices; device++) {
        world.bind(FIRST_DEVICE + 8 * device, tenant + 1, space);
      }
    }
    const prng = new Prng(seed);
    const arrivals = new Arrivals(values, seed);
    const choose = zipf(count, numberOf(values, "skew") / 100, prng);
    let made = 0;
    const next = (flight: Flight): boolean => {
      if (made === requests) return false;
      const device = made++ % devices;
      flight.sourceId = FIRST_DEVICE + 8 * device;
      flight.stream = device;
      flight.pasid = 1 + choose();
      flight.scheduled = arrivals.next();
      setAddress(flight, IOVA + prng.below(pages) * FRAME + prng.below(64) * 64);
      world.translate(flight, (prng.next() & 1) === 0 ? "read" : "write", 64);
      return true;
    };
    return { iommu: world.iommu, streams: devices, next };
  },
};

/** Numbers from 0 on, number n with a frequency of 1 / (n + 1)^exponent. */
function zipf(count: number, exponent: number, prng: Prng): () => number {
  const upTo = new Float64Array(count);
  let sum = 0;
  for (let n = 0; n < count; n++) upTo[n] = sum += (n + 1) ** -exponent;
  return () => {
    const wanted = (prng.next() / 2 ** 32) * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (upTo[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
