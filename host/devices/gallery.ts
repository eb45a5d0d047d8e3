import type { EndpointModel } from "../pci/endpoint.js";
import { dmaEngine, type DmaEngineOptions } from "./dma-engine/model.js";
import { edu, type EduOptions } from "./edu/model.js";
import { iommuTestdev } from "./iommu-testdev/model.js";

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
  [K in EndpointKind]: { readonly kind: K; readonly options?: EndpointOptionsByKind[K] };
}[EndpointKind];

/** The kinds of endpoints by name. */
export const endpointKinds = [
  "dma-engine",
  "edu",
  "iommu-testdev",
] as const satisfies readonly EndpointKind[];

/**
 * What to plug into a bus.
 * @throws RangeError for a kind or an option that does not exist.
 */
export function endpointModel(choice: EndpointChoice): EndpointModel {
  switch (choice.kind) {
    case "dma-engine":
      return dmaEngine(choice.options);
    case "edu":
      return edu(choice.options);
    case "iommu-testdev":
      return iommuTestdev();
    default: {
      // A caller without types may ask for a kind that does not exist.
      const { kind } = choice as { kind: unknown };
      const known = endpointKinds.map((name) => `"${name}"`).join(", ");
      throw new RangeError(`no endpoint of kind "${String(kind)}": there are ${known}`);
    }
  }
}
