/** Kinds of device scope entries (§8.3.1). */
export type ScopeKind = "endpoint" | "bridge" | "ioapic" | "hpet" | "namespace";
export interface DeviceScope {
    readonly kind: ScopeKind;
    /** I/O APIC id, HPET number or ACPI device number; default 0. */
    readonly enumerationId?: number;
    /** Bus where the path starts; default 0. With "hpet" and "namespace" the bus of the source-id. */
    readonly startBus?: number;
    /**
     * From the start bus down: one step, or one per bridge and the device itself. With "hpet" and
     * "namespace" one step, the device and function of the source-id.
     */
    readonly path: readonly {
        readonly device: number;
        readonly function: number;
    }[];
}
/**
 * A device scope entry.
 * @param flags of SIDP alone; 0 elsewhere
 * @throws RangeError for a place that no device has.
 */
export declare function scopeEntry(scope: DeviceScope, flags?: number): Uint8Array;
/** @throws RangeError if a structure may not have scopes of such kinds. */
export declare function requireKinds(structure: string, scopes: readonly DeviceScope[], allowed: readonly ScopeKind[]): void;
/** @throws RangeError if a structure for integrated devices names one behind a bridge. */
export declare function requireIntegrated(structure: string, scopes: readonly DeviceScope[]): void;
/** Two entries with the same key name the same device. */
export declare function scopeKey({ kind, enumerationId, startBus, path }: DeviceScope): string;
