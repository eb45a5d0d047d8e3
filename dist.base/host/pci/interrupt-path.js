/**
 * Takes an interrupt request through its unit to the interrupt controllers (§5.1). Without a unit, or
 * by a unit that cannot remap, it is delivered as it is.
 * @returns the completion status if the unit blocks it
 */
export function sendInterrupt(request, unit, deliver) {
    const result = unit?.remapInterrupt?.(request);
    if (result?.status === "fault")
        return result.completion;
    if (result?.status === "posted")
        return undefined;
    const { address, data } = result ?? request;
    deliver({ address, data });
    return undefined;
}
