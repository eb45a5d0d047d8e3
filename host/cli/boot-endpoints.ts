import { Option } from "commander";

import { endpointKinds, endpointModel, type EndpointKind } from "../devices/gallery.js";
import type { EndpointPlace } from "../emulators/v86/index.js";
import { formatSourceId, parseSourceId } from "../spec/source-id.js";
import { UsageError } from "./exit-code.js";

/** Where an endpoint lies if its place is not given. */
const USUAL_PLACES: Readonly<Record<EndpointKind, string>> = {
  "dma-engine": "00:02.0",
  edu: "00:03.0",
  "iommu-testdev": "00:04.0",
};

/** `--endpoint KIND[@PLACE]`, as often as needed. */
export function endpointOption(): Option {
  return new Option(
    "--endpoint <kind[@place]>",
    `endpoint to plug in: ${endpointKinds.join(", ")}; repeatable`,
  )
    .argParser((text: string, before: string[]) => [...before, text])
    .default([], "dma-engine and edu");
}

/**
 * The endpoints that are asked for; nothing if none are.
 * @throws {UsageError} for an unknown kind, or a place that is none or is asked for twice.
 */
export function parseEndpoints(texts: readonly string[]): { endpoints?: EndpointPlace[] } {
  if (texts.length === 0) return {};
  const taken = new Set<string>();
  const endpoints = texts.map((text) => {
    const [name = "", place, ...more] = text.split("@");
    const kind = endpointKinds.find((known) => known === name);
    if (kind === undefined || more.length > 0) {
      const kinds = endpointKinds.join(", ");
      throw new UsageError(
        `--endpoint "${text}": expected KIND or KIND@PLACE, such as edu@00:03.0; kinds are ${kinds}`,
      );
    }
    const at = formatPlace(text, place ?? USUAL_PLACES[kind]);
    if (taken.has(at)) throw new UsageError(`--endpoint "${text}": there is one at ${at} already`);
    taken.add(at);
    return { at, model: endpointModel({ kind }) };
  });
  return { endpoints };
}

function formatPlace(text: string, place: string): string {
  try {
    return formatSourceId(parseSourceId(place));
  } catch (error) {
    throw new UsageError(`--endpoint "${text}": ${(error as Error).message}`);
  }
}
