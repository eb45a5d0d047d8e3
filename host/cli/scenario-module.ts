import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import type { Scenario } from "../driver/index.js";
import { UsageError } from "./exit-code.js";

/**
 * The scenarios of a JavaScript module: its default export, one or a list.
 * @throws UsageError if the module cannot be loaded, or exports something else.
 */
export async function scenariosOf(path: string): Promise<readonly Scenario[]> {
  const exported = await load(path);
  const list: readonly unknown[] = Array.isArray(exported) ? exported : [exported];
  if (list.length === 0 || !list.every(isScenario)) {
    throw new UsageError(
      `the default export of ${path} is no scenario: ` +
        `expected { name, about, variants, setup }, or a list of such`,
    );
  }
  return list;
}

async function load(path: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: unknown };
    return module.default;
  } catch (error) {
    throw new UsageError(`cannot load ${path}: ${(error as Error).message}`);
  }
}

function isScenario(value: unknown): value is Scenario {
  if (typeof value !== "object" || value === null) return false;
  const { name, about, variants, setup } = value as Partial<Record<keyof Scenario, unknown>>;
  return (
    typeof name === "string" &&
    typeof about === "string" &&
    typeof setup === "function" &&
    typeof variants === "object" &&
    variants !== null &&
    Object.keys(variants).length > 0
  );
}
