import { DmaEngine } from "../devices/dma-engine/engine.js";
export function bootCounters(machine) {
    const { iommu, endpoints, interruptsDelivered } = machine;
    const engines = endpoints
        .map(({ endpoint }) => endpoint)
        .filter((endpoint) => endpoint instanceof DmaEngine);
    const sum = (bytes) => engines.reduce((total, engine) => total + Number(bytes(engine)), 0);
    const unit = Object.entries(iommu.counters()).map(([name, value]) => [name, Number(value)]);
    return {
        ...Object.fromEntries(unit),
        dmaBytesRead: sum((engine) => engine.context.counters.allBytesRead),
        dmaBytesWritten: sum((engine) => engine.context.counters.allBytesWritten),
        interruptsDelivered,
    };
}
