import { Command } from "commander";

import type { CacheSizes } from "../core/configuration.js";
import {
  openOutputs,
  ProfileError,
  profileOutputs,
  readRecordedArrivals,
  readTiming,
  readWorkload,
  runProfile,
  cacheNames,
  timingSets,
  workloads,
  type ProfileOptions,
  type ProfileResult,
} from "../profile/index.js";
import type { OpenOutputs, TraceSelection } from "../profile/outputs/index.js";
import { Recording, RecordingError } from "../profile/recording/index.js";
import type { CommandContext } from "./command-line.js";
import { UsageError } from "./exit-code.js";
import { endedBySignals } from "./interruption.js";
import { jsonText } from "./json.js";
import { parseNumberIn } from "./numbers.js";
import { packageVersion } from "./package-files.js";
import { profileDiffCommand } from "./profile-diff.js";
import { profileLists } from "./profile-lists.js";
import { ProfileProgress } from "./profile-progress.js";
import { WatchedRequest } from "./profile-request.js";
import { profileSummary } from "./profile-summary.js";
import { styled, type Terminal } from "./terminal.js";

interface Options {
  readonly workload?: string;
  readonly timing: string;
  readonly requests?: string;
  readonly seed: string;
  readonly cache: readonly string[];
  readonly request?: string;
  readonly out?: string;
  readonly traceWindow?: string;
  readonly traceSample?: string;
  readonly json?: true;
  readonly list?: true;
}

const USUAL_WORKLOAD = "random";
const USUAL_REQUESTS = 100_000;
const MOST_REQUESTS = 1e9;

const ABOUT = `
FILE is a recording (docs/recordings.md); without it a workload makes the requests:
  ${workloads.map(({ name }) => name).join(", ")}
Timing is one of ${timingSets.map(({ name }) => name).join(", ")}, or a YAML file. --list shows all parameters.

Examples:
  viommu profile
  viommu profile --workload nic,rings=8,invalidate=deferred --requests 300000
  viommu profile --workload sva --timing server --cache iotlb=4096 --out sva
  viommu profile --workload sva --request slowest
  viommu profile --list
  viommu profile diff before after
  viommu boot --record boot.viommu
  viommu profile boot.viommu --timing server`;

/** `viommu profile`: requests in a unit and a timing model, and where their cycles went. */
export function profileCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command("profile")
    .description("time requests by a model of the unit, and show where their cycles went")
    .argument("[file]", "a recording that is replayed")
    .option("--workload <name,key=value>", `what makes the requests (default: "${USUAL_WORKLOAD}")`)
    .option("--timing <set or file>", "parameters of the timing model", "desktop")
    .option("--requests <n>", `how many (default: ${USUAL_REQUESTS}; of a recording, all)`)
    .option("--seed <n>", "of the workload, and of memory's latencies", "1")
    .option("--cache <name=entries>", "size of a cache of the unit; repeatable", collect, [])
    .option("--request <n or slowest>", "print what one request did, when, and what it waited for")
    .option("--out <dir>", "write the result, statistics, traces and a report there")
    .option("--trace-window <from:to>", "cycles that the trace of --out shows (default: all)")
    .option(
      "--trace-sample <n>",
      "one of n runs of 256 requests in it; long runs are thinned anyway",
    )
    .option("--list", "print the workloads and the timing sets, with their parameters")
    .option("--json", "print the result as JSON (docs/profile.schema.json)")
    .addHelpText("after", ABOUT)
    .enablePositionalOptions()
    .addCommand(profileDiffCommand(context))
    .action(async (file: string | undefined, options: Options) => {
      if (options.list === true) {
        terminal.out(options.json === true ? jsonText(profileLists.data) : profileLists.text());
        return;
      }
      const watched = readRequest(options);
      const result = await asUsage(() => profile(file, options, terminal, watched));
      const request = watched?.text(result.requests);
      terminal.out(options.json === true ? jsonText(result) : profileSummary(result, terminal));
      if (watched !== undefined) {
        terminal.out(`\n${styled(terminal, "strong", watched.title)}\n${request}`);
      }
      if (options.out !== undefined) {
        terminal.message(
          profileOutputs()
            .map((each) => `${options.out}/${each.file}`)
            .join("\n"),
        );
      }
    });
}

async function profile(
  file: string | undefined,
  options: Options,
  terminal: Terminal,
  watched: WatchedRequest | undefined,
): Promise<ProfileResult> {
  const { out } = options;
  const files = profileOutputs(readTrace(options));
  const run = readOptions(file, options);
  return endedBySignals(async (signal) => {
    const progress = new ProfileProgress(terminal, run.requests);
    let outputs: OpenOutputs | undefined;
    try {
      const result = await runProfile({
        ...run,
        signal,
        progress: (done) => {
          progress.show(done);
        },
        observe: async (context) => {
          if (out !== undefined) outputs = await openOutputs(out, files, context);
          return [...(outputs?.observers ?? []), ...(watched === undefined ? [] : [watched])];
        },
      });
      outputs?.finish();
      return result;
    } catch (error) {
      outputs?.abandon();
      throw error;
    } finally {
      progress.clear();
    }
  });
}

function readRequest({ request, json }: Options): WatchedRequest | undefined {
  if (request !== undefined && json === true) {
    throw new UsageError("--request is for the summary: leave out --json");
  }
  return request === undefined ? undefined : new WatchedRequest(request);
}

function readTrace({ out, traceWindow, traceSample }: Options): TraceSelection {
  if (out === undefined && (traceWindow ?? traceSample) !== undefined) {
    throw new UsageError(
      "--trace-window and --trace-sample are for the trace of --out: give it a folder",
    );
  }
  return {
    ...(traceWindow !== undefined && { window: parseWindow(traceWindow) }),
    ...(traceSample !== undefined && {
      sample: parseWhole("--trace-sample", traceSample, 1, MOST_REQUESTS),
    }),
  };
}

function parseWindow(text: string): readonly [number, number] {
  const [from, to] = text.split(":").map(Number);
  const isWindow =
    /^\d+:\d+$/.test(text) && Number.isSafeInteger(from) && Number.isSafeInteger(to) && from! < to!;
  if (!isWindow) {
    throw new UsageError(`--trace-window "${text}" is no pair of cycles like 100000:200000`);
  }
  return [from!, to!];
}

function readOptions(file: string | undefined, options: Options): ProfileOptions {
  const timing = readTiming(options.timing);
  const seed = parseWhole("--seed", options.seed, 0, 2 ** 32 - 1);
  const caches = Object.fromEntries(options.cache.map(parseCache)) as CacheSizes;
  const requests =
    options.requests === undefined
      ? undefined
      : parseWhole("--requests", options.requests, 1, MOST_REQUESTS);
  const common = { timing, seed, caches, version: packageVersion() };
  if (file !== undefined) {
    const values = readRecordedArrivals(options.workload);
    return { ...common, recording: Recording.open(file), values, requests };
  }
  const { workload, values } = readWorkload(options.workload ?? USUAL_WORKLOAD);
  return { ...common, workload, values, requests: requests ?? USUAL_REQUESTS };
}

function collect(text: string, before: readonly string[]): string[] {
  return [...before, text];
}

function parseWhole(what: string, text: string, least: number, most: number): number {
  const value = parseNumberIn(what, text, least, most);
  if (!Number.isInteger(value)) {
    throw new UsageError(`${what} "${text}" is no whole number from ${least} to ${most}`);
  }
  return value;
}

function parseCache(text: string): [name: string, entries: number] {
  const [name = "", entries, ...more] = text.split("=");
  if (entries === undefined || more.length > 0) {
    throw new UsageError(`--cache "${text}" has not the form name=entries, such as iotlb=64`);
  }
  if (!cacheNames.some((each) => each === name)) {
    throw new UsageError(`--cache "${name}": expected one of ${cacheNames.join(", ")}`);
  }
  const count = Number(entries);
  const isPower = /^\d+$/.test(entries) && Number.isInteger(Math.log2(count)) && count <= 2 ** 20;
  if (!isPower) {
    throw new UsageError(`--cache ${name} is "${entries}": expected a power of two, 1 to 1048576`);
  }
  return [name, count];
}

async function asUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = error instanceof ProfileError || error instanceof RecordingError;
    throw known ? new UsageError(error.message) : error;
  }
}
