import { Prng } from "../../random/prng.js";
import type { Flight } from "../model/flight.js";
import { Arrivals } from "./arrivals.js";
import { numeric } from "./numeric-parameter.js";
import { arrivalParameters, numberOf } from "./parameters.js";
import type { Workload } from "./workload.js";
import { OUTPUT, setAddress, tableParameters, World, type TableKind } from "./world.js";

const SUBMISSIONS = 0x40_0000_0000;
const COMPLETIONS = 0x48_0000_0000;
const BUFFERS = 0x50_0000_0000;
const DEVICE = 0x0100;
const FRAME = 4096;
const SUBMISSION_BYTES = 64;
const COMPLETION_BYTES = 16;
const ENTRIES = 1024;

/** Submission and completion queues of a storage device, and the buffers that their commands name. */
export const nvme: Workload = {
  name: "nvme",
  description:
    "queues of a storage device: each command is read from a submission queue, moves a block to or " +
    "from buffers by chance, and ends in a completion queue",
  parameters: [
    numeric("queues", 8, [1, 256], "pairs of queues, each with a stream of requests"),
    numeric("depth", 32, [1, 1024], "requests of a queue that may be on their way"),
    numeric("block", 4, [1, 64], "pages of 4 KiB that a command moves"),
    numeric("buffers", 65_536, [64, 1_048_576], "pages that all buffers have together"),
    numeric("writes", 30, [0, 100], "percentage of commands that write to the device"),
    ...tableParameters.filter(({ name }) => name === "tables"),
    ...arrivalParameters,
  ],
  prepare: async ({ requests, seed, caches, values }) => {
    const queues = numberOf(values, "queues");
    const block = numberOf(values, "block");
    const buffers = numberOf(values, "buffers");
    const kind = values["tables"] as TableKind;
    const tables =
      Math.ceil(buffers / 512) + Math.ceil((queues * ENTRIES * 64) / (FRAME * 512)) + 64;
    const scale = kind === "nested" ? 3 : 1;
    const world = await World.create({ ramBytes: 4 * 2 ** 20 + scale * tables * FRAME, caches });
    const space = world.addressSpace(kind);
    const queuePages = (bytes: number) => Math.ceil((queues * ENTRIES * bytes) / FRAME);
    space.map(BigInt(SUBMISSIONS), OUTPUT, { count: queuePages(SUBMISSION_BYTES) });
    space.map(BigInt(COMPLETIONS), OUTPUT + 0x1000_0000n, { count: queuePages(COMPLETION_BYTES) });
    space.map(BigInt(BUFFERS), OUTPUT + 0x1_0000_0000n, { count: buffers });
    world.bind(DEVICE, undefined, space);
    const prng = new Prng(seed);
    const arrivals = new Arrivals(values, seed);
    const writes = (numberOf(values, "writes") / 100) * 2 ** 32;
    const commands = Array.from({ length: queues }, () => 0);
    let made = 0;
    let queue = 0;
    let part = 0;
    let buffer = 0;
    let toDevice = false;
    const next = (flight: Flight): boolean => {
      if (made++ === requests) return false;
      const entry = queue * ENTRIES + (commands[queue]! % ENTRIES);
      flight.sourceId = DEVICE;
      flight.stream = queue;
      flight.scheduled = arrivals.next();
      if (part === 0) {
        buffer = prng.below(Math.max(1, buffers - block + 1));
        toDevice = prng.next() < writes;
        setAddress(flight, SUBMISSIONS + entry * SUBMISSION_BYTES);
        world.translate(flight, "read", SUBMISSION_BYTES);
      } else if (part <= block) {
        setAddress(flight, BUFFERS + (buffer + part - 1) * FRAME);
        world.translate(flight, toDevice ? "read" : "write", FRAME);
      } else {
        setAddress(flight, COMPLETIONS + entry * COMPLETION_BYTES);
        world.translate(flight, "write", COMPLETION_BYTES);
      }
      if (part++ > block) {
        part = 0;
        commands[queue]!++;
        queue = (queue + 1) % queues;
      }
      return true;
    };
    const outstanding = numberOf(values, "depth");
    return { iommu: world.iommu, streams: queues, outstanding, next };
  },
};
