import type { RegisterField } from "../fields.js";
/**
 * The fields that the four event interfaces share: fault, invalidation, page request and
 * performance events are each an MSI with mask and pending bit (§5.1.6, §11.4.7.2 to §11.4.7.5).
 */
export declare const eventControlFields: readonly RegisterField[];
export declare const eventDataFields: readonly RegisterField[];
export declare const eventAddressFields: readonly RegisterField[];
export declare const eventUpperAddressFields: readonly RegisterField[];
