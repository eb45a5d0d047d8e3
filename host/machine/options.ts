import type { EndpointChoice } from "../devices/gallery.js";
import type { IommuOptions } from "../iommu.js";
import type { GuestMemory, GuestMemoryOptions } from "../memory/guest-memory.js";
import type { SourceId } from "../spec/source-id.js";

/** A remapping unit: the options of `Iommu.create`, its place, and what it covers. */
export interface UnitDescription extends Omit<IommuOptions, "memory"> {
  /** Address of the register page; default 0xFED90000, and a page further for each unit. */
  readonly base?: bigint;
  /**
   * The functions that the unit covers; a bridge stands for all below it. "all" covers what no unit
   * before it lists, and must be the last unit. Default "all".
   */
  readonly scope?: "all" | readonly SourceId[];
}

/** An endpoint of the gallery (viommu/devices), and its place. */
export type EndpointDescription = EndpointChoice & {
  /** "00:02.0", or its number; buses other than 0 are those behind bridges. */
  readonly bdf: SourceId;
};

/** A PCI Express root port and the bus behind it. */
export interface BridgeDescription {
  readonly bdf: SourceId;
  readonly secondary: number;
  /** Highest bus number behind it; default `secondary`. */
  readonly subordinate?: number;
}

export interface MachineTopology {
  readonly bridges?: readonly BridgeDescription[];
  /** Enhanced configuration space; default 0xB0000000, 256 buses. */
  readonly ecam?: { readonly base: bigint; readonly lastBus: number };
}

export interface MachineOptions {
  /** RAM, or what to make it from. */
  readonly memory: GuestMemory | GuestMemoryOptions;
  /** Default none: then DMA passes to memory unchanged. */
  readonly units?: readonly UnitDescription[];
  readonly endpoints?: readonly EndpointDescription[];
  readonly topology?: MachineTopology;
}
