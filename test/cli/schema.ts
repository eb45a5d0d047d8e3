import { readFileSync } from "node:fs";

/** The part of JSON Schema that the schemas of docs/ use. */
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
}

/** Where a JSON value breaks docs/NAME.schema.json; empty if nowhere. */
export function schemaProblems(name: string, value: unknown): string[] {
  const file = new URL(`../../docs/${name}.schema.json`, import.meta.url);
  return problems(JSON.parse(readFileSync(file, "utf8")) as Schema, value, "");
}

function problems(schema: Schema, value: unknown, path: string): string[] {
  const found: string[] = [];
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
