import type { EndpointFunction } from "../../pci/function.js";
import type { ServedFunction } from "./served-function.js";
/** An endpoint of the bus as a client sees it. `accessed` is called after each access. */
export declare function serveEndpoint(endpoint: EndpointFunction, accessed: () => void): ServedFunction;
