import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import type { ProfileResult } from "../../account/index.js";
import { PROFILE_SCHEMA_VERSION } from "../../outputs/json.js";
import { ProfileError } from "../../profile-error.js";
import { fileProblem } from "../../recording/file-problem.js";

const FILE = "profile.json";

const distribution = v.looseObject({
  ...{ p50: v.number(), p90: v.number(), p99: v.number(), mean: v.number(), max: v.number() },
});
const settings = v.record(v.string(), v.union([v.number(), v.string(), v.boolean()]));
const numbers = v.record(v.string(), v.number());

/** What a comparison reads of a result. */
const schema = v.looseObject({
  schemaVersion: v.number(),
  workload: v.string(),
  timing: v.string(),
  requests: v.pipe(v.number(), v.minValue(1)),
  cycles: v.looseObject({ total: v.number(), perRequest: distribution }),
  counters: numbers,
  caches: v.record(v.string(), v.looseObject({ lookups: v.number(), hitRate: v.number() })),
  throughput: v.looseObject({ requestsPerKilocycle: v.number() }),
  stages: v.array(
    v.looseObject({ stage: v.string(), cause: v.string(), cycles: v.number(), spans: v.number() }),
  ),
  walkers: v.looseObject({ utilization: v.number() }),
  driver: v.looseObject({ utilization: v.number() }),
  invalidation: v.looseObject({ utilization: v.number() }),
  pageFaults: v.optional(
    v.looseObject({
      count: v.number(),
      total: distribution,
      parts: v.record(v.string(), distribution),
    }),
  ),
  configuration: v.looseObject({
    version: v.string(),
    seed: v.number(),
    workload: settings,
    timing: numbers,
    caches: numbers,
  }),
});

/** A result that was read back. */
export type StoredProfile = v.InferOutput<typeof schema>;

/**
 * Reads the result of a run: a folder that `viommu profile --out` wrote, or what `viommu profile --json` printed.
 * @throws ProfileError if it is neither, naming the file and what is wrong with it.
 */
export function readProfile(path: string): StoredProfile {
  const file = isFolder(path) ? join(path, FILE) : path;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new ProfileError(`${file} cannot be read: ${fileProblem(error)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ProfileError(`${file} is no JSON: ${(error as Error).message}`);
  }
  return checkedProfile(file, value);
}

/** @throws ProfileError if a value is not the result of a run that this version can read. */
function checkedProfile(name: string, value: unknown): StoredProfile {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const place = v.getDotPath(issue);
    const what = place === null ? "" : `${place}: `;
    throw new ProfileError(`${name} is no result of viommu profile: ${what}${issue.message}`);
  }
  const { schemaVersion } = parsed.output;
  if (schemaVersion !== PROFILE_SCHEMA_VERSION) {
    throw new ProfileError(
      `${name} has schemaVersion ${schemaVersion}, and this viommu reads ${PROFILE_SCHEMA_VERSION}: profile again`,
    );
  }
  return parsed.output;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** A result of this process in the form in which files have it. */
export function storedProfile(result: ProfileResult): StoredProfile {
  const record = { schemaVersion: PROFILE_SCHEMA_VERSION, ...result };
  return checkedProfile("the result", JSON.parse(JSON.stringify(record)));
}
