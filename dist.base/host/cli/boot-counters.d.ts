import type { CounterName } from "../core/layout.js";
import type { Iommu } from "../iommu.js";
import type { EndpointFunction } from "../pci/function.js";
/** What the unit counted, and the endpoints and interrupts of the machine. */
export type BootCounters = Readonly<Record<CounterName | "dmaBytesRead" | "dmaBytesWritten" | "interruptsDelivered", number>>;
/** A machine of any emulator, as far as it counts. */
export interface CountedMachine {
    readonly iommu: Iommu;
    readonly endpoints: readonly EndpointFunction[];
    readonly interruptsDelivered: number;
}
export declare function bootCounters(machine: CountedMachine): BootCounters;
