import { DmaEngine } from "../devices/dma-engine/engine.js";
import type { CounterName } from "../core/layout.js";
import type { Iommu } from "../iommu.js";
import type { EndpointFunction } from "../pci/function.js";

/** What the unit counted, and the endpoints and interrupts of the machine. */
export type BootCounters = Readonly<
  Record<CounterName | "dmaBytesRead" | "dmaBytesWritten" | "interruptsDelivered", number>
>;

/** A machine of any emulator, as far as it counts. */
export interface CountedMachine {
  readonly iommu: Iommu;
  readonly endpoints: readonly EndpointFunction[];
  readonly interruptsDelivered: number;
}

export function bootCounters(machine: CountedMachine): BootCounters {
  const { iommu, endpoints, interruptsDelivered } = machine;
  const engines = endpoints
    .map(({ endpoint }) => endpoint)
    .filter((endpoint): endpoint is DmaEngine => endpoint instanceof DmaEngine);
  const sum = (bytes: (engine: DmaEngine) => bigint): number =>
    engines.reduce((total, engine) => total + Number(bytes(engine)), 0);
  const unit = Object.entries(iommu.counters()).map(([name, value]) => [name, Number(value)]);
  return {
    ...(Object.fromEntries(unit) as Record<CounterName, number>),
    dmaBytesRead: sum((engine) => engine.context.counters.allBytesRead),
    dmaBytesWritten: sum((engine) => engine.context.counters.allBytesWritten),
    interruptsDelivered,
  };
}
