import { layoutSource } from "../build/layout-source.js";
import { generateRegisterConstants } from "../build/register-constants.js";
import {
  generateDescriptorConstants,
  generateStructureConstants,
} from "../build/structure-constants.js";

const CONSTANT = /^export const (\w+): (\w+) = (\w+);$/gm;

/** constants.h of the native yardstick: the constants that the core is compiled with. */
export function constantsHeader(): string {
  const sources = [
    layoutSource(),
    generateRegisterConstants(),
    generateStructureConstants(),
    generateDescriptorConstants(),
  ];
  return sources
    .flatMap((source) => [...source.matchAll(CONSTANT)])
    .map(([, name, type, value]) => `#define ${name} ${value}${type === "u64" ? "ULL" : ""}\n`)
    .join("");
}
