/**
 * The fields that the four event interfaces share: fault, invalidation, page request and
 * performance events are each an MSI with mask and pending bit (§5.1.6, §11.4.7.2 to §11.4.7.5).
 */
export const eventControlFields = [
    {
        name: "IM",
        high: 31,
        low: 31,
        access: "RW",
        reset: 1,
        meaning: "interrupt mask: the message is held back",
    },
    {
        name: "IP",
        high: 30,
        low: 30,
        access: "RO",
        meaning: "interrupt pending: an event happened and its message is not sent",
    },
];
export const eventDataFields = [
    { name: "IMD", high: 15, low: 0, access: "RW", meaning: "data of the interrupt message" },
];
export const eventAddressFields = [
    {
        name: "MA",
        high: 31,
        low: 2,
        inPlace: true,
        access: "RW",
        meaning: "address bits 31:2 of the interrupt message",
    },
];
export const eventUpperAddressFields = [
    {
        name: "MUA",
        high: 31,
        low: 0,
        access: "RW",
        requires: ["EIM"],
        meaning: "address bits 63:32 of the interrupt message",
    },
];
