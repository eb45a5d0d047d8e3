import { readFileSync } from "node:fs";
import { basename } from "node:path";

import * as v from "valibot";
import { LineCounter, parseDocument, type Document, type YAMLParseError } from "yaml";

import { nearestNames } from "../../nearest-names.js";
import { ProfileError } from "../profile-error.js";
import { fileProblem } from "../recording/file-problem.js";
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
    throw new ProfileError(`${file} cannot be read: ${fileProblem(error)}`);
  }
}

/** `readTiming` of a text; `file` is its name in messages. @throws ProfileError */
export function parseTiming(file: string, text: string): TimingSet {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const [syntax] = document.errors;
  if (syntax !== undefined) {
    const { line, col } = lineCounter.linePos(syntax.pos[0]);
    throw new ProfileError(`${file}, line ${line}, column ${col}: ${syntaxProblem(syntax)}`);
  }
  const content = contentOf(file, document);
  const placeOf = (path: readonly string[]): string => {
    const node = document.getIn(path, true) as { range?: readonly number[] } | undefined;
    const start = node?.range?.[0];
    return start === undefined ? file : `${file}, line ${lineCounter.linePos(start).line}`;
  };
  const found = problems(content, placeOf);
  if (found.length > 0) throw new ProfileError(found.join("\n"));
  const { name, description, base = "desktop", parameters = {} } = v.parse(fileSchema, content);
  const { values, sourceOf } = timingSet(base)!;
  return {
    name: name ?? basename(file),
    description: description ?? `of the file ${file}`,
    sources: [`${file}, over ${base}`],
    sourceOf: Object.fromEntries(
      Object.entries(sourceOf).filter(([name]) => !(name in parameters)),
    ),
    values: { ...values, ...(parameters as Partial<Timing>) },
  };
}

function syntaxProblem({ code, message }: YAMLParseError): string {
  if (code === "MULTIPLE_DOCS") return "a second document begins: expected one";
  if (code === "DUPLICATE_KEY") return "the name stands here for the second time";
  return firstLine(message).replace(/ at line \d+, column \d+:$/, "");
}

function contentOf(file: string, document: Document): Readonly<Record<string, unknown>> {
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: 0 }) ?? {};
  } catch {
    throw new ProfileError(`${file}: expected values, and no anchors or aliases (&, *)`);
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new ProfileError(`${file}: expected fields base and parameters`);
  }
  return content as Readonly<Record<string, unknown>>;
}

/** Everything that is wrong, each with its line. */
function problems(
  content: Readonly<Record<string, unknown>>,
  placeOf: (path: readonly string[]) => string,
): string[] {
  const { parameters } = content;
  const isMap = typeof parameters === "object" && parameters !== null && !Array.isArray(parameters);
  const unknown = [
    ...unknownNames(Object.keys(content), fieldNames).map((name) => ({
      what: "field",
      path: [name],
    })),
    ...unknownNames(isMap ? Object.keys(parameters) : [], names).map((name) => ({
      what: "parameter",
      path: ["parameters", name],
    })),
  ].map(({ what, path }) => {
    const name = path.at(-1);
    const near = nearestNames(name, what === "field" ? fieldNames : names);
    const hint =
      near.length > 0
        ? `: expected ${near.join(", ")}`
        : what === "field"
          ? `: expected ${fieldNames.join(", ")}`
          : "; viommu profile --list shows the parameters";
    return `${placeOf(path)}: unknown ${what} "${name}"${hint}`;
  });
  const issues = v.safeParse(fileSchema, content).issues ?? [];
  const wrong = issues
    .filter(({ type, expected }) => !(type === "strict_object" && expected === "never"))
    .map((issue) => {
      const path = (issue.path ?? []).map(({ key }) => String(key));
      return `${placeOf(path)}: ${path.at(-1)} is ${shown(issue.input)}: ${issue.message}`;
    });
  return [...unknown, ...wrong];
}

const shown = (value: unknown): string =>
  typeof value === "number" ? String(value) : JSON.stringify(value);

const fieldNames = ["name", "description", "base", "parameters"];

function unknownNames(found: readonly string[], known: readonly string[]): string[] {
  return found.filter((name) => !known.includes(name));
}

function firstLine(text: string): string {
  return text.split("\n")[0]!;
}
