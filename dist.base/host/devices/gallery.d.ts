import type { EndpointModel } from "../pci/endpoint.js";
import { type DmaEngineOptions } from "./dma-engine/model.js";
import { type EduOptions } from "./edu/model.js";
/** The options of each kind of endpoint that there is. */
export interface EndpointOptionsByKind {
    /** docs/dma-engine.md */
    "dma-engine": DmaEngineOptions;
    /** docs/edu.md */
    edu: EduOptions;
    /** docs/iommu-testdev.md; it has no options. */
    "iommu-testdev": Readonly<Record<never, never>>;
}
export type EndpointKind = keyof EndpointOptionsByKind;
/** One kind of endpoint, and its options. */
export type EndpointChoice = {
    [K in EndpointKind]: {
        readonly kind: K;
        readonly options?: EndpointOptionsByKind[K];
    };
}[EndpointKind];
/** The kinds of endpoints by name. */
export declare const endpointKinds: readonly ["dma-engine", "edu", "iommu-testdev"];
/**
 * What to plug into a bus.
 * @throws RangeError for a kind or an option that does not exist.
 */
export declare function endpointModel(choice: EndpointChoice): EndpointModel;
