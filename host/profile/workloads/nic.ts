import { Prng } from "../../random/prng.js";
import type { Flight } from "../model/flight.js";
import { Arrivals } from "./arrivals.js";
import { submit } from "./invalidation-work.js";
import { NicRing, tablesOfRing, type Invalidation } from "./nic-ring.js";
import { numeric } from "./numeric-parameter.js";
import { arrivalParameters, numberOf } from "./parameters.js";
import type { Workload } from "./workload.js";
import { setAddress, World } from "./world.js";

const FIRST_DEVICE = 0x0100;
const FRAME = 4096;
const ENTRY = 16;

/** Receive rings of network devices: a descriptor, the packet, a completion; and buffers that come and go. */
export const nic: Workload = {
  name: "nic",
  description:
    "receive rings of network devices: each packet reads a descriptor, writes a buffer, and writes a " +
    "completion; then the driver unmaps the buffer, has its translation invalidated, and maps another one",
  parameters: [
    numeric("rings", 4, [1, 128], "rings, each of a function of its own"),
    numeric("entries", 1024, [16, 16_384], "packets that a ring has room for, with a buffer each"),
    numeric("bytes", 1500, [64, 4096], "of a packet"),
    {
      name: "invalidate",
      usual: "strict",
      choices: ["strict", "deferred", "never"],
      description:
        "each buffer when it is unmapped, all of a ring when `batch` of them are, or never: buffers stay mapped",
    },
    numeric("batch", 256, [1, 4096], "buffers of a ring that a deferred invalidation waits for"),
    ...arrivalParameters,
  ],
  prepare: async ({ requests, seed, caches, values }) => {
    const count = numberOf(values, "rings");
    const entries = numberOf(values, "entries");
    const bytes = numberOf(values, "bytes");
    const batch = numberOf(values, "batch");
    const invalidate = values["invalidate"] as Invalidation;
    const tables = count * tablesOfRing(entries, batch);
    const world = await World.create({ ramBytes: 4 * 2 ** 20 + tables * FRAME, caches });
    const prng = new Prng(seed);
    const rings = Array.from({ length: count }, (_, number) => {
      const space = world.addressSpace();
      const sourceId = FIRST_DEVICE + number;
      world.bind(sourceId, undefined, space);
      // Rings take turns by packets; a ring begins anywhere in its turn.
      const firstPacket = prng.below(entries);
      return new NicRing({ sourceId, number, space, entries, invalidate, batch }, firstPacket);
    });
    const arrivals = new Arrivals(values, seed);
    let made = 0;
    let turn = 0;
    let part = 0;
    let arrival = -1;
    const next = (flight: Flight): boolean => {
      const ring = rings[turn]!;
      flight.sourceId = ring.sourceId;
      flight.stream = turn;
      if (part === 3) {
        part = 0;
        turn = (turn + 1) % count;
        if (made >= requests) return false;
        const isWork = ring.next((descriptor) => {
          submit(world, flight, [descriptor]);
        });
        if (!isWork) return next(flight);
        flight.work = invalidate === "strict" ? "buffer of a packet" : "all buffers of a ring";
        flight.scheduled = arrival;
        return true;
      }
      if (made++ >= requests) return false;
      flight.scheduled = arrival = arrivals.next();
      if (part === 0) {
        setAddress(flight, ring.descriptor);
        world.translate(flight, "read", ENTRY);
      } else if (part === 1) {
        setAddress(flight, ring.buffer);
        world.translate(flight, "write", bytes);
      } else {
        setAddress(flight, ring.completion);
        world.translate(flight, "write", ENTRY);
      }
      part++;
      return true;
    };
    return { iommu: world.iommu, streams: count, next };
  },
};
