import { readFileSync } from "node:fs";

/** The part of JSON Schema that the schemas of docs/ use, and that of speedscope. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  /** `#/$defs/NAME` of the whole schema, or `#/definitions/NAME`. */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Where a JSON value breaks docs/NAME.schema.json; empty if nowhere. */
export function schemaProblems(name: string, value: unknown): string[] {
  const file = new URL(`../../docs/${name}.schema.json`, import.meta.url);
  return schemaFileProblems(file, value);
}

/** Where a JSON value breaks the schema in a file; empty if nowhere. */
export function schemaFileProblems(file: string | URL, value: unknown): string[] {
  const whole = JSON.parse(readFileSync(file, "utf8")) as Schema;
  return problems(resolved(whole, { ...whole.definitions, ...whole.$defs }), value, "");
}

/** References are replaced by what they refer to; there are no circles. */
function resolved<T>(part: T, definitions: Readonly<Record<string, Schema>>): T {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map((each: unknown) => resolved(each, definitions)) as T;
  const { $ref } = part as Schema;
  if ($ref !== undefined) {
    const referred = definitions[$ref.replace(/^#\/(\$defs|definitions)\//, "")];
    if (referred === undefined) throw new Error(`the schema has no ${$ref}`);
    return resolved(referred, definitions) as T;
  }
  return Object.fromEntries(
    Object.entries(part)
      .filter(([name]) => name !== "definitions" && name !== "$defs")
      .map(([name, each]) => [name, resolved(each as unknown, definitions)]),
  ) as T;
}

function problems(schema: Schema, value: unknown, path: string): string[] {
  const found: string[] = [];
  const { anyOf = [] } = schema;
  const tries = anyOf.map((each) => problems(each, value, path));
  if (tries.length > 0 && !tries.some(({ length }) => length === 0)) found.push(...tries.flat());
  const wrong = (what: string): void => void found.push(`${path || "/"} ${what}`);
  if (schema.type !== undefined && !hasType(schema.type, value)) wrong(`is no ${schema.type}`);
  if ("const" in schema && value !== schema.const) wrong(`is not ${String(schema.const)}`);
  if (schema.enum?.includes(value) === false) wrong(`is none of ${schema.enum.join(", ")}`);
  if (typeof value === "number" && value < (schema.minimum ?? -Infinity)) wrong("is too small");
  if (typeof value === "string" && !new RegExp(schema.pattern ?? "").test(value)) {
    wrong(`does not match ${schema.pattern}`);
  }
  if (Array.isArray(value)) {
    const { items = {} } = schema;
    return [...found, ...value.flatMap((item, index) => problems(items, item, `${path}/${index}`))];
  }
  if (typeof value === "object" && value !== null)
    found.push(...memberProblems(schema, value, path));
  return found;
}

function memberProblems(schema: Schema, value: object, path: string): string[] {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const missing = required.filter((name) => !(name in value));
  return [
    ...missing.map((name) => `${path}/${name} is missing`),
    ...Object.entries(value).flatMap(([name, member]: [string, unknown]) => {
      const known = properties[name] ?? additionalProperties;
      if (known === false) return [`${path}/${name} is not in the schema`];
      return known === true ? [] : problems(known, member, `${path}/${name}`);
    }),
  ];
}

function hasType(type: string, value: unknown): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "integer") return Number.isInteger(value);
  if (type === "object")
    return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
