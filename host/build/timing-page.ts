import { causes, stages } from "../profile/account/index.js";
import { expectedOf, timingParameters } from "../profile/timing/parameters.js";
import { timingSets } from "../profile/timing/sets.js";
import { timingSources, type TimingSourceName } from "../profile/timing/sources.js";
import { expectedOf as expectedOfWorkload } from "../profile/workloads/parameters.js";
import { workloadList } from "../profile/workloads/index.js";
import { table } from "./markdown.js";

const APPROXIMATIONS = [
  "What caches hold follows the order in which the workload makes requests, not the order in which they end. A walk that " +
    "takes long has filled the caches for the next request all the same: there is no hit under a miss, two misses of one page " +
    "never walk twice, and a prefetch is never late.",
  "Each requester has a link of its own: functions of one device, and devices behind one switch, do not share one. A message " +
    "takes whole cycles of its link, page requests and completions only those of a header; credits, retries and the order of " +
    "kinds of messages are not modelled.",
  "Each request has one walker from its miss to its end, and reads one entry after the other. Nothing is read ahead.",
  "A lookup takes its latency whether it hits or not; that of paging structures is one for all levels. Lookups inside a walk " +
    "do not compete with others.",
  "A structure of more than 8 bytes is one read: it lies in one line of a processor's cache. Reads draw their latency from the " +
    "distribution of the timing, whatever their address: neighbours in a table are no faster.",
  "Accessed and dirty flags are set by one atomic access each, which always succeeds; those of the leaf come last, and the request " +
    "waits for them. The update of a posted-interrupt descriptor is in its read.",
  "What else the unit writes (entries of the page request queue, fault records, statuses of waits, interrupt messages) is in the " +
    "latency of its stage, and takes no turn on the way to memory. The interrupt of a fault is not modelled.",
  "An untranslated request ends when its translation is known. The access to memory that follows is not in it, and data of " +
    "reads do not go back over the link.",
  "Page requests are answered at once in the unit, so that each request finds the pages that those before it have asked for, " +
    "and the queue never overflows. How long the driver takes, and how many wait for it, is the model's.",
  "A driver that is awake sees new entries of the queue without an interrupt; it sleeps when all have their answers. Its " +
    "threads take groups in the order in which it was told of them.",
  "Invalidations of device TLBs cost what their descriptor does: neither their messages nor the completions of devices are modelled.",
  "Invalidation descriptors are read and executed one after the other. Each makes lookups pause for `invalidation.stall`, " +
    "whatever it invalidates; waits, and messages to devices, do not. What a driver submits takes a place among the outstanding " +
    "requests of its stream until it is executed, as if the ring waited for it; otherwise waits of software are not modelled.",
  "The access of software to registers takes no time, and neither do its writes to tables: a driver that maps and unmaps (workload " +
    "`nic`) shows by the misses and the descriptors that follow.",
  "Of a recording, each group whose last request was accepted is answered after the time of the timing's driver, also one that the " +
    "recorded guest never answered.",
];

const ARRIVALS = [
  "A workload or recording has streams: a device, a ring, a queue, a chain of pointers; a recording is one stream. Requests of a " +
    "stream are sent in order. With `interval=0` (the usual) one is sent as soon as fewer than `device.outstanding` of its stream " +
    "are on their way, and arrives then. With another interval each has its cycle of arrival, and waits in the device " +
    "(stage `issue`) if too many are on their way.",
  "A recording has no time of its own; ticks of its clock count for nothing here. The caches, and what becomes of each " +
    "request, are as recorded under any timing. A request (translation request, untranslated, or one of a batch) for a page that the " +
    "device had asked for, and that came behind the response when it was recorded, starts when the model's driver has answered and the " +
    "response has reached the device: it waits in stage `issue` for `page`, and what it takes from then on is the part `retry`. One that " +
    "came ahead of the response did not wait, and does not. Of a batch each request counts by itself.",
];

const sourcedSets = timingSets.filter(({ sourceOf }) => Object.keys(sourceOf).length > 0);

function sourceText(source: TimingSourceName | undefined): string {
  return source === undefined ? "assumption" : timingSources[source].name;
}

/** The text of docs/timing-model.md. */
export function generateTimingPage(): string {
  return [
    "# The timing model",
    "",
    '<!-- Generated from host/profile by "npm run generate"; edit that instead. -->',
    "",
    "`viommu profile` sends requests through the unit and through a model of the time that they take. The unit decides what each",
    "request does: which caches it looks into, which entries it reads, which flags it sets. The model decides when: an event-driven",
    "simulation, in whole cycles, of the links of devices, the lookup pipeline, page walkers with their queue, memory, the engines for",
    "page requests and invalidations, and the driver. Timing never changes what the caches hold. The same command gives the same",
    "bytes. [guides/profiling.md](guides/profiling.md) shows how to use it.",
    "",
    "## What it leaves out",
    "",
    ...APPROXIMATIONS.map((text) => `- ${text}`),
    "",
    "## When requests arrive",
    "",
    ...ARRIVALS.flatMap((text) => [text, ""]),
    "## How well it keeps to theory",
    "",
    "Tests hold the model to what queueing theory says. Of 120,000 requests that arrive as a Poisson process: one walker (M/D/1), mean",
    "waiting within 4 % of Pollaczek and Khinchine's formula at loads from 0.3 to 0.7, 10 % at 0.9; 2 to 8 walkers (M/D/c), within 10 % of",
    "Erlang's formula with Cosmetatos' correction. Requests at even intervals (D/D/c), the reads of a walk, and Little's law are exact.",
    "",
    "Of 100,000 page faults, one thread of the driver: mean waiting within 4 % of Pollaczek and Khinchine's formula at loads up to 0.6,",
    "8 % at 0.8; with a driver that sleeps and has to wake, within 4 % of the formula of M/D/1 with setup time. Exact are: the parts of a",
    "fault, which add up to the whole; the bound of a link's bandwidth, which no run exceeds and a saturated one reaches but for the rest",
    "of each message's last cycle; of outstanding reads and requests (throughput is their number by the latency); of walkers and of the",
    "way to memory; the invalidation engine (D/D/1) and the lookups that it holds up; the cost of updating flags.",
    "",
    "The miss-ratio curve is that of a fully associative cache with replacement of the least recently used entry, miss for miss; the",
    "unit's IOTLB has sets. With 64 to 1024 entries it missed within 2 % of all requests of what the curve says for `random`, and within",
    "10 % for `tenants`, whose spaces use the same addresses.",
    "",
    "## Parameters",
    "",
    "A YAML file names the set that it starts from, and what is otherwise:",
    "",
    "```yaml",
    "name: slow memory",
    "base: server",
    "parameters:",
    "  memory.latency: 400",
    "  walkers: 2",
    "```",
    "",
    ...table(
      ["Parameter", ...timingSets.map(({ name }) => `\`${name}\``), "Takes", "What it is"],
      timingParameters.map((parameter) => [
        `\`${parameter.name}\``,
        ...timingSets.map(({ values }) => String(values[parameter.name])),
        expectedOf(parameter),
        parameter.description,
      ]),
    ),
    "",
    "## Where values come from",
    "",
    "What no source is named for is an assumption; in `ideal` everything is.",
    "",
    ...table(
      ["Parameter", ...sourcedSets.map(({ name }) => `\`${name}\``)],
      timingParameters.map(({ name }) => [
        `\`${name}\``,
        ...sourcedSets.map(({ sourceOf }) => sourceText(sourceOf[name])),
      ]),
    ),
    "",
    ...Object.values(timingSources).map(({ name, text }) => `- ${name}: ${text}.`),
    "",
    "## Sets",
    "",
    ...timingSets.flatMap(({ name, description, sources }) => [
      `- \`${name}\`: ${description}`,
      ...sources.map((source) => `  - ${source}`),
    ]),
    "",
    "## Workloads",
    "",
    "`--workload name,key=value,...`; every number of a workload that is left to chance comes from `--seed`.",
    "",
    ...workloadList.flatMap(({ name, description, parameters }) => [
      `### ${name}`,
      "",
      `${description[0]!.toUpperCase()}${description.slice(1)}.`,
      "",
      ...table(
        ["Parameter", "Usual", "Takes", "What it is"],
        parameters.map((parameter) => [
          `\`${parameter.name}\``,
          String(parameter.usual),
          expectedOfWorkload(parameter),
          parameter.description,
        ]),
      ),
      "",
    ]),
    "## Stages",
    "",
    ...table(
      ["Stage", "What happens"],
      stages.map(({ name, description }) => [`\`${name}\``, description]),
    ),
    "",
    "Each may have to wait before it begins:",
    "",
    ...table(
      ["Waiting for", "Why"],
      causes.slice(1).map(({ name, description }) => [`\`${name}\``, description]),
    ),
    "",
  ].join("\n");
}
