import { readFileSync } from "node:fs";
import * as v from "valibot";
import { LineCounter, parseDocument } from "yaml";

import { ProfileError } from "../profile-error.js";
import { accepts, expectedOf, timingParameters, type Timing } from "./parameters.js";
import { timingSet, timingSets, type TimingSet } from "./sets.js";

const MOST_BYTES = 1 << 20;

const names = timingParameters.map(({ name }) => name);
const setNames = timingSets.map(({ name }) => name);

const fileSchema = v.strictObject({
  name: v.optional(v.string("expected a text")),
  description: v.optional(v.string("expected a text")),
  base: v.optional(v.picklist(setNames, `expected one of ${setNames.join(", ")}`)),
  parameters: v.optional(
    v.strictObject(
      Object.fromEntries(
        timingParameters.map((parameter) => [
          parameter.name,
          v.optional(
            v.custom<number>(
              (value) => accepts(parameter, value),
              `expected ${expectedOf(parameter)}`,
            ),
          ),
        ]),
      ),
      "expected parameters with their values",
    ),
  ),
});

/**
 * The timing of a set's name, or of a YAML file: `base` (a set, `desktop` by default) and `parameters`.
 * @throws ProfileError naming file, line, field, value, and what was expected.
 */
export function readTiming(nameOrFile: string): TimingSet {
  const set = timingSet(nameOrFile);
  if (set !== undefined) return set;
  if (!/[./\\]/.test(nameOrFile)) {
    throw new ProfileError(
      `--timing "${nameOrFile}": expected ${setNames.join(", ")}, or a YAML file such as slow.yaml`,
    );
  }
  return parseTiming(nameOrFile, readText(nameOrFile));
}

function readText(file: string): string {
  try {
    const bytes = readFileSync(file);
    if (bytes.length > MOST_BYTES) throw new Error("it is larger than a mebibyte");
    return bytes.toString("utf8");
  } catch (error) {
    throw new ProfileError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** `readTiming` of a text; `file` is its name in messages. @throws ProfileError */
export function parseTiming(file: string, text: string): TimingSet {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const { line, col } = lineCounter.linePos(syntax.pos[0]);
    throw new ProfileError(`${file}, line ${line}, column ${col}: ${firstLine(syntax.message)}`);
  }
  const content: unknown = document.toJS({ maxAliasCount: 0 }) ?? {};
  if (typeof content !== "object" || Array.isArray(content)) {
    throw new ProfileError(`${file}: expected fields base and parameters`);
  }
  const parsed = v.safeParse(fileSchema, content);
  if (!parsed.success) throw new ProfileError(problems(file, parsed.issues));
  const { name, description, base = "desktop", parameters = {} } = parsed.output;
  const { values } = timingSet(base)!;
  return {
    name: name ?? file,
    description: description ?? `of the file ${file}`,
    sources: [`${file}, over ${base}`],
    values: { ...values, ...(parameters as Partial<Timing>) },
  };
}

function problems(file: string, issues: readonly v.BaseIssue<unknown>[]): string {
  return issues
    .map((issue) => {
      const path = (issue.path ?? []).map(({ key }) => String(key));
      if (path.length === 0) return `${file}: expected fields base and parameters`;
      const field = path[0] === "parameters" ? path.slice(1).join(".") : path.join(".");
      if (issue.type === "strict_object" && issue.expected === "never") {
        return `${file}: unknown ${path[0] === "parameters" ? "parameter" : "field"} "${field}"${nearest(field, path[0] === "parameters")}`;
      }
      return `${file}: ${field || path.join(".")} is ${JSON.stringify(issue.input)}: ${issue.message}`;
    })
    .join("\n");
}

/** What was meant, if something is near. */
function nearest(field: string, isParameter: boolean): string {
  const known = isParameter ? names : ["name", "description", "base", "parameters"];
  const near = known.filter((name) => name.includes(field) || field.includes(name));
  const shown = near.length > 0 ? near : isParameter ? [] : known;
  return shown.length > 0
    ? `: expected ${shown.join(", ")}`
    : "; viommu profile --list shows the parameters";
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}
