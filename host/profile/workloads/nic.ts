import { Prng } from "../../driver/explore/prng.js";
import type { Flight } from "../model/flight.js";
import { Arrivals } from "./arrivals.js";
import { everything, pagesOf, submit } from "./invalidation-work.js";
import { numeric } from "./numeric-parameter.js";
import { arrivalParameters, numberOf } from "./parameters.js";
import type { Workload } from "./workload.js";
import { OUTPUT, setAddress, World } from "./world.js";

const RINGS = 0x40_0000_0000;
const COMPLETIONS = 0x48_0000_0000;
const BUFFERS = 0x50_0000_0000;
const FIRST_DEVICE = 0x0100;
const FRAME = 4096;
const ENTRY = 16;
/** Packets after which Linux empties the queue of what is to be invalidated. */
const DEFERRED = 256;

/** The pages of one receive ring, one behind the other in each of three places. */
interface Ring {
  readonly sourceId: number;
  readonly domain: number;
  packet: number;
}

/** Receive rings of network devices: a descriptor, the packet, a completion; and buffers that come and go. */
export const nic: Workload = {
  name: "nic",
  description:
    "receive rings of network devices: each packet reads a descriptor, writes a buffer, and writes a " +
    "completion; then the buffer is unmapped, and its translation invalidated",
  parameters: [
    numeric("rings", 4, [1, 128], "rings, each of a function of its own"),
    numeric("entries", 1024, [16, 16_384], "packets that a ring has room for, with a buffer each"),
    numeric("bytes", 1500, [64, 4096], "of a packet"),
    {
      name: "invalidate",
      usual: "strict",
      choices: ["strict", "deferred", "never"],
      description:
        "buffers after each packet, everything after 256 packets of a ring, or pages that stay mapped",
    },
    ...arrivalParameters,
  ],
  prepare: async ({ requests, seed, caches, values }) => {
    const count = numberOf(values, "rings");
    const entries = numberOf(values, "entries");
    const bytes = numberOf(values, "bytes");
    const { invalidate } = values;
    const ringPages = Math.ceil((entries * ENTRY) / FRAME);
    const tables = count * (Math.ceil(entries / 512) + 2 * Math.ceil(ringPages / 512) + 16);
    const world = await World.create({ ramBytes: 4 * 2 ** 20 + tables * FRAME, caches });
    const rings = Array.from({ length: count }, (_, n): Ring => {
      const space = world.addressSpace();
      const output = OUTPUT + BigInt(n) * 0x1_0000_0000n;
      space.map(BigInt(RINGS), output, { count: ringPages });
      space.map(BigInt(COMPLETIONS), output + 0x1000_0000n, { count: ringPages });
      space.map(BigInt(BUFFERS), output + 0x2000_0000n, { count: entries });
      const sourceId = FIRST_DEVICE + n;
      world.bind(sourceId, undefined, space);
      return { sourceId, domain: space.entry.domain, packet: 0 };
    });
    const prng = new Prng(seed);
    const arrivals = new Arrivals(values, seed);
    // Rings take turns by packets; a ring begins anywhere in its turn.
    for (const ring of rings) ring.packet = prng.below(entries);
    let made = 0;
    let turn = 0;
    let part = 0;
    let arrival = -1;
    const next = (flight: Flight): boolean => {
      const ring = rings[turn]!;
      const entry = ring.packet % entries;
      flight.sourceId = ring.sourceId;
      flight.stream = turn;
      if (part === 3) {
        const isDue = invalidate === "strict" || (ring.packet + 1) % DEFERRED === 0;
        part = 0;
        turn = (turn + 1) % count;
        ring.packet++;
        if (invalidate === "never" || !isDue || made >= requests) return next(flight);
        flight.work = invalidate === "strict" ? "buffer of a packet" : "all buffers";
        flight.scheduled = arrival;
        const buffer = BigInt(BUFFERS + entry * FRAME);
        submit(world, flight, [
          invalidate === "strict" ? pagesOf(ring.domain, 0, buffer, 0) : everything(),
        ]);
        return true;
      }
      if (made++ >= requests) return false;
      flight.scheduled = arrival = arrivals.next();
      if (part === 0) {
        setAddress(flight, RINGS + entry * ENTRY);
        world.translate(flight, "read", ENTRY);
      } else if (part === 1) {
        setAddress(flight, BUFFERS + entry * FRAME);
        world.translate(flight, "write", bytes);
      } else {
        setAddress(flight, COMPLETIONS + entry * ENTRY);
        world.translate(flight, "write", ENTRY);
      }
      part++;
      return true;
    };
    return { iommu: world.iommu, streams: count, next };
  },
};
