import { dmaEngine } from "./dma-engine/model.js";
import { edu } from "./edu/model.js";
import { iommuTestdev } from "./iommu-testdev/model.js";
/** The kinds of endpoints by name. */
export const endpointKinds = [
    "dma-engine",
    "edu",
    "iommu-testdev",
];
/**
 * What to plug into a bus.
 * @throws RangeError for a kind or an option that does not exist.
 */
export function endpointModel(choice) {
    switch (choice.kind) {
        case "dma-engine":
            return dmaEngine(choice.options);
        case "edu":
            return edu(choice.options);
        case "iommu-testdev":
            return iommuTestdev();
        default: {
            // A caller without types may ask for a kind that does not exist.
            const { kind } = choice;
            const known = endpointKinds.map((name) => `"${name}"`).join(", ");
            throw new RangeError(`no endpoint of kind "${String(kind)}": there are ${known}`);
        }
    }
}
