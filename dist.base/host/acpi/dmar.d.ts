import { type DmarAffinity, type DmarDeviceProperties, type DmarIntegratedDevices, type DmarNamespaceDevice, type DmarReservedRegion, type DmarRootPorts, type DmarUnit } from "./dmar/structures.js";
export type { DeviceScope, ScopeKind } from "./dmar/scope.js";
export { registerSizeLog2 } from "./dmar/structures.js";
export type * from "./dmar/structures.js";
export interface DmarOptions {
    /** Host address width in bits, 1 to 64. */
    readonly hostAddressWidth: number;
    /** INTR_REMAP: interrupt remapping is supported by the platform. Default false. */
    readonly interruptRemapping?: boolean;
    /** X2APIC_OPT_OUT; only with `interruptRemapping`. Default false. */
    readonly x2apicOptOut?: boolean;
    /** DMA_CTRL_PLATFORM_OPT_IN_FLAG. Default false. */
    readonly dmaControlOptIn?: boolean;
    /** At least one; that with `includeAll` is the last of its segment. */
    readonly units: readonly DmarUnit[];
    readonly reservedRegions?: readonly DmarReservedRegion[];
    readonly rootPorts?: readonly DmarRootPorts[];
    /** None, or one for each unit. */
    readonly affinities?: readonly DmarAffinity[];
    readonly namespaceDevices?: readonly DmarNamespaceDevice[];
    readonly integratedDevices?: readonly DmarIntegratedDevices[];
    readonly deviceProperties?: readonly DmarDeviceProperties[];
}
/**
 * The DMA Remapping table (chapter 8), its structures in order of type.
 * @throws RangeError for a table that would contradict the manual or itself.
 */
export declare function dmarTable(options: DmarOptions): Uint8Array;
