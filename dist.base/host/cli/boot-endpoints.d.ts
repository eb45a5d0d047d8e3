import type { EndpointPlace } from "../emulators/v86/index.js";
/**
 * The endpoints of v86's machine that are asked for; nothing if none are.
 * @throws {UsageError} for an endpoint that cannot be.
 */
export declare function parseEndpoints(texts: readonly string[]): {
    endpoints?: EndpointPlace[];
};
