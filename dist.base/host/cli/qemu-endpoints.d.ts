import type { ServedEndpoint } from "../emulators/vfio-user/index.js";
/**
 * The endpoints of QEMU's machine that are asked for; nothing if none are.
 * @throws {UsageError} for an endpoint that cannot be.
 */
export declare function parseQemuEndpoints(texts: readonly string[]): {
    endpoints?: ServedEndpoint[];
};
