import { type PresetName } from "../../spec/presets.js";
import type { Configuration } from "../configuration.js";
import { type Target } from "../target.js";
/** The options of a unit for a configuration of the suite. @throws TargetRefusal */
export declare function unitOptions({ name, wishes }: Configuration): {
    preset: PresetName;
    caches?: import("../../index.js").CacheSizes;
    faultCollapse?: boolean;
    invalidationTimeout?: number;
    version?: number | undefined;
    hostAddressWidth?: number | undefined;
    capabilities?: Readonly<Record<string, number>> | undefined;
};
/** The unit in V8 with guest memory beside it: core-port.wasm. */
export declare const corePortTarget: Target;
/** The unit in V8 with guest memory in its own: core.wasm. */
export declare const coreTarget: Target;
/** The second implementation: plain TypeScript, without any cache. */
export declare const oracleTarget: Target;
