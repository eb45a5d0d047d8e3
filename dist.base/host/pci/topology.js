import { PciBridge } from "./bridge.js";
import { EndpointFunction } from "./function.js";
import { header, MULTI_FUNCTION } from "./header.js";
/** Splits a bus:device.function number (16 bits). */
export function splitBdf(bdf) {
    if (!Number.isInteger(bdf) || bdf < 0 || bdf > 0xffff) {
        throw new RangeError(`a function is named by a 16-bit bus:device.function number, got ${bdf}`);
    }
    return { bus: bdf >> 8, slot: { device: (bdf >> 3) & 31, function: bdf & 7 } };
}
/** For messages: 01:02.3. */
export function formatBdf(bdf) {
    const { bus, slot } = splitBdf(bdf);
    const two = (value) => value.toString(16).padStart(2, "0");
    return `${two(bus)}:${two(slot.device)}.${slot.function}`;
}
/** What a bus is that functions with this parent stand on. */
export function busKindBelow(parent) {
    return parent?.below ?? "root";
}
/** The functions of one segment: a tree of bridges, searched by the bus numbers in the bridges. */
export class Topology {
    #root = [];
    /** The functions of bus 0, by device and function. */
    get root() {
        return this.#root;
    }
    /** The bridge whose secondary bus has this number; undefined for bus 0 and unknown buses. */
    bridgeOf(bus) {
        return bus === 0 ? undefined : findBridge(this.#root, bus);
    }
    /** The function that has this number now, as the host knows it. */
    find(bdf) {
        const { bus, slot } = splitBdf(bdf);
        const siblings = bus === 0 ? this.#root : this.bridgeOf(bus)?.children;
        return siblings?.find((other) => other.slot.device === slot.device && other.slot.function === slot.function);
    }
    /**
     * The function that configuration requests and messages with this number reach: a port without ARI
     * Forwarding Enable passes those for device 0 alone.
     */
    route(bdf) {
        const found = this.find(bdf);
        const { parent } = found ?? {};
        if (found?.slot.device !== 0 && parent?.below === "link" && !parent.forwardsAri)
            return undefined;
        return found;
    }
    add(added) {
        const { device, function: number } = added.slot;
        const siblings = added.parent?.children ?? this.#root;
        if (siblings.some((o) => o.slot.device === device && o.slot.function === number)) {
            throw new Error(`there is a function at ${formatBdf(added.id)} already`);
        }
        if (added.parent?.below === "link")
            requireOnLink(added, siblings);
        siblings.push(added);
        siblings.sort((a, b) => a.slot.device - b.slot.device || a.slot.function - b.slot.function);
        markMultiFunction(siblings.filter((other) => other.slot.device === device));
        linkAriFunctions(siblings);
    }
    /** Takes a function out, with everything below it; answers what was removed. */
    remove(bdf) {
        const target = this.find(bdf);
        if (!target)
            return [];
        const siblings = target.parent?.children ?? this.#root;
        siblings.splice(siblings.indexOf(target), 1);
        linkAriFunctions(siblings);
        const removed = withDescendants(target);
        for (const each of removed)
            each.removed = true;
        return removed;
    }
    /** All endpoints, in order of the tree. */
    endpoints() {
        return this.all().filter((each) => each instanceof EndpointFunction);
    }
    /** All bridges, each ahead of what is below it. */
    bridges() {
        return this.all().filter((each) => each instanceof PciBridge);
    }
    /** All functions, each bridge ahead of what is below it. */
    all() {
        return this.#root.flatMap(withDescendants);
    }
}
/** A link has one device; with ARI its functions have numbers of 8 bits. */
function requireOnLink(added, siblings) {
    const hasAri = (each) => each instanceof EndpointFunction && each.ari !== undefined;
    if (added.slot.device !== 0 && !hasAri(added)) {
        throw new RangeError(`the link below a port has only device 0, got device ${added.slot.device}: ` +
            "functions above 7 need ari");
    }
    if (siblings.some((other) => hasAri(other) !== hasAri(added))) {
        throw new RangeError(`${formatBdf(added.id)}: all functions of a device have the ARI capability, or none`);
    }
}
function markMultiFunction(functions) {
    if (functions.length < 2)
        return;
    for (const each of functions) {
        const type = each.config.get(header.headerType, 1);
        each.config.define({ at: header.headerType, size: 1, value: type | MULTI_FUNCTION });
    }
}
function linkAriFunctions(siblings) {
    siblings.forEach((each, index) => {
        if (!(each instanceof EndpointFunction))
            return;
        const next = siblings[index + 1]?.slot;
        each.ari?.setNextFunction(next === undefined ? 0 : (next.device << 3) | next.function);
    });
}
function findBridge(functions, bus) {
    const claimer = functions.find((each) => each instanceof PciBridge && each.leadsTo(bus));
    if (claimer === undefined || claimer.secondary === bus)
        return claimer;
    return findBridge(claimer.children, bus);
}
function withDescendants(top) {
    const below = top instanceof PciBridge ? top.children.flatMap(withDescendants) : [];
    return [top, ...below];
}
