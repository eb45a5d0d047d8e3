import type { PresetName } from "../spec/presets.js";
import type { CoreOptions } from "./configuration.js";
import type { CoreExports } from "./exports.js";
import type { PortImports } from "./guest-memory-port.js";

/** What a unit was made with. */
export interface TappedOptions extends CoreOptions {
  readonly preset: PresetName;
}

/**
 * Stands between one unit and its surroundings: sees every call of the host, and every word of guest memory that the
 * unit reads or writes. The methods are called once each, in this order, while the unit is made.
 */
export interface UnitTap {
  /** @throws Error if the tap cannot be of this unit. */
  attached(options: TappedOptions): void;
  /** Answers what the core is to import in place of its memory. */
  memory(port: PortImports): PortImports;
  /** The core is configured and has had its power-good reset. Answers what the host is to call in its place. */
  calls(exports: CoreExports): CoreExports | Promise<CoreExports>;
  /** The unit is about to go on from a snapshot. @throws Error if the tap cannot follow it there. */
  restoring(): void;
}
