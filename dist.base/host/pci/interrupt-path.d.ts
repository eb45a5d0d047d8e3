import type { Completion, InterruptRequest, MessageSignaledInterrupt } from "../spec/requests.js";
import type { IommuPort } from "./iommu-port.js";
/**
 * Takes an interrupt request through its unit to the interrupt controllers (§5.1). Without a unit, or
 * by a unit that cannot remap, it is delivered as it is.
 * @returns the completion status if the unit blocks it
 */
export declare function sendInterrupt(request: InterruptRequest, unit: Pick<IommuPort, "remapInterrupt"> | undefined, deliver: (message: MessageSignaledInterrupt) => void): Completion | undefined;
