import { isBridgeKind } from "../pci/bridge-kinds.js";
import { formatBdf, splitBdf } from "../pci/topology.js";
import { parseSourceId } from "../spec/source-id.js";
const LAST_BUS = 255;
/**
 * Gives bus numbers to the bridges of a tree as firmware does, depth first, and completes those of a list.
 * @throws RangeError for numbers that contradict each other, or that run out.
 */
export function numberBuses({ endpoints = [], topology = {} }) {
    const { tree = [], bridges = [] } = topology;
    const numbering = new Numbering();
    numbering.number(tree, 0);
    if (numbering.bridges.length > 0 && bridges.length > 0) {
        throw new RangeError("topology has a tree with bridges and a list of bridges: give one of them");
    }
    return {
        bridges: [...numbering.bridges, ...completed(bridges)].sort((a, b) => a.bdf - b.bdf),
        endpoints: [...numbering.endpoints, ...endpoints],
    };
}
class Numbering {
    bridges = [];
    endpoints = [];
    #lastBus = 0;
    number(functions, bus) {
        for (const each of functions) {
            if (isBridge(each))
                this.#bridge(each, bus);
            else
                this.#endpoint(each, bus);
        }
    }
    #bridge(bridge, bus) {
        const { at, kind, alias, below = [], spareBuses = 0 } = bridge;
        const bdf = (bus << 8) | slotNumber(at);
        const secondary = this.#take(1);
        this.number(below, secondary);
        const subordinate = spareBuses > 0 ? this.#take(spareBuses) : this.#lastBus;
        this.bridges.push({ bdf, kind, secondary, subordinate, ...(alias && { alias }) });
    }
    #endpoint(endpoint, bus) {
        const { at, ...description } = endpoint;
        this.endpoints.push({ ...description, bdf: (bus << 8) | slotNumber(at) });
    }
    /** The last of the next `count` bus numbers. */
    #take(count) {
        this.#lastBus += count;
        if (!Number.isInteger(count) || count < 1 || this.#lastBus > LAST_BUS) {
            throw new RangeError(`the topology needs bus ${this.#lastBus}: there are buses 0 to 255`);
        }
        return this.#lastBus;
    }
}
function isBridge(each) {
    return isBridgeKind(each.kind);
}
function slotNumber(at) {
    const match = /^([01]?[0-9a-f])\.([0-7])$/i.exec(at);
    if (match === null) {
        throw new RangeError(`at is "${at}": expected "device.function" in hexadecimal, as "1c.0"`);
    }
    const [device, fn] = match.slice(1).map((part) => Number.parseInt(part, 16));
    return (device << 3) | fn;
}
function completed(bridges) {
    const numbered = bridges.map((bridge) => ({ ...bridge, bdf: parseSourceId(bridge.bdf) }));
    for (const { bdf, secondary } of numbered) {
        const { bus } = splitBdf(bdf);
        if (!Number.isInteger(secondary) || secondary <= bus || secondary > LAST_BUS) {
            const expected = `a number from ${bus + 1} to 255`;
            throw new RangeError(`bridge ${formatBdf(bdf)}: secondary is ${secondary}, expected ${expected}`);
        }
        if (numbered.filter((other) => other.secondary === secondary).length > 1) {
            throw new RangeError(`two bridges have the secondary bus ${secondary}`);
        }
    }
    const lastBehind = (bridge) => {
        const behind = numbered.filter(({ bdf }) => splitBdf(bdf).bus === bridge.secondary);
        return bridge.subordinate ?? Math.max(bridge.secondary, ...behind.map(lastBehind));
    };
    return numbered.map((bridge) => {
        const subordinate = lastBehind(bridge);
        requireRange(numbered, { ...bridge, subordinate });
        return { ...bridge, subordinate };
    });
}
function requireRange(all, { bdf, secondary, subordinate }) {
    if (!Number.isInteger(subordinate) || subordinate < secondary || subordinate > LAST_BUS) {
        throw new RangeError(`bridge ${formatBdf(bdf)}: subordinate is ${subordinate}, expected ${secondary} to 255`);
    }
    const isBehind = (bus) => secondary <= bus && bus <= subordinate;
    const stranger = all.find((other) => other.bdf !== bdf && isBehind(other.secondary) && !isBehind(splitBdf(other.bdf).bus));
    if (stranger !== undefined) {
        throw new RangeError(`bridge ${formatBdf(bdf)} leads to buses ${secondary} to ${subordinate}, and ` +
            `${formatBdf(stranger.bdf)}, which is not behind it, to bus ${stranger.secondary}`);
    }
}
