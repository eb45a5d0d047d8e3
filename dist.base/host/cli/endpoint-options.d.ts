import { Option } from "commander";
import { type EndpointChoice, type EndpointKind } from "../devices/gallery.js";
/** `--endpoint KIND[@PLACE][,NAME=VALUE...]`, as often as needed. */
export declare function endpointOption(usual: string): Option;
/** An endpoint, and its place as text: "00:02.0". */
export type PlacedChoice = EndpointChoice & {
    readonly at: string;
};
/**
 * The endpoints that are asked for.
 * @param usualPlaces where an endpoint lies if its place is not given.
 * @throws {UsageError} for an unknown kind or option, or a place that is none or is asked for twice.
 */
export declare function parseEndpointChoices(texts: readonly string[], usualPlaces: Readonly<Record<EndpointKind, string>>): PlacedChoice[];
