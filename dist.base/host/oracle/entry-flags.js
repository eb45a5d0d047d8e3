import { ENTRY_CHANGED } from "./inquiry.js";
/** Sets the flags that are still clear, all in one atomic step (§3.6.2, §3.7.2). */
export function setFlags(inquiry, update) {
    const { address, entry, flags } = update;
    if ((entry & flags) === flags)
        return undefined;
    if (!update.snooped) {
        return inquiry.stop(update.conditionIfNotSnooped, "a flag must be set in unsnooped tables");
    }
    const found = inquiry.compareExchange(address, entry, entry | flags);
    if (found === undefined) {
        return inquiry.stop(update.conditionIfFailed, "the flags could not be written");
    }
    if (found !== entry) {
        inquiry.note("the entry changed meanwhile");
        return ENTRY_CHANGED;
    }
    inquiry.note(`flags ${(flags & ~entry).toString(16)}h set at ${address.toString(16)}h`);
    return undefined;
}
