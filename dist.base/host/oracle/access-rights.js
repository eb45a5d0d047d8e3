/** The demand of an untranslated or a translation request. */
export function demandOf({ request, unit }) {
    if (request.kind === "translation") {
        const noWrite = request.noWrite && unit.NWFS;
        return { read: true, write: !noWrite, partial: true, zeroLength: false };
    }
    return {
        read: request.access !== "write",
        write: request.access !== "read",
        partial: false,
        zeroLength: request.access === "read" && request.size === 0,
    };
}
/**
 * The right for want of which a demand is refused. An AtomicOp that lacks both lacks write; so does
 * a translation request that asked for both and gets nothing.
 */
export function lackingRight({ unit }, demand, granted) {
    if (demand.partial) {
        const nothing = !granted.read && !(demand.write && granted.write);
        return nothing ? noRight(demand) : undefined;
    }
    if (demand.write && !granted.write)
        return "write";
    const exempt = demand.zeroLength && unit.ZLR && granted.write;
    return demand.read && !granted.read && !exempt ? "read" : undefined;
}
/** The right that a demand is said to lack where a page grants none at all. */
export function noRight(demand) {
    return demand.write ? "write" : "read";
}
export function conditionOfLack(mode, right) {
    if (mode === "legacy")
        return right === "write" ? "LGN.2" : "LGN.3";
    return right === "write" ? "SGN.6" : "SGN.7";
}
/** Stops the request for want of a right, if it lacks one. */
export function refuseIfLacking(inquiry, mode, lacking) {
    if (lacking === undefined)
        return undefined;
    return inquiry.stop(conditionOfLack(mode, lacking), `no ${lacking} permission`);
}
export function both(first, second) {
    return { read: first.read && second.read, write: first.write && second.write };
}
/** The permissions in words for a step: "RW", "R", "W" or "none". */
export function inWords({ read, write }) {
    return `${read ? "R" : ""}${write ? "W" : ""}` || "none";
}
