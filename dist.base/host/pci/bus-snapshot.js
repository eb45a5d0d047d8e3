import { SnapshotError } from "../core/snapshot-error.js";
import { EndpointFunction } from "./function.js";
/** Every function, each bridge ahead of what is below it. */
export function snapshotFunctions(topology) {
    return topology.all().map((each) => {
        const data = { path: pathOf(each), config: each.config.snapshot() };
        if (!(each instanceof EndpointFunction))
            return data;
        const endpoint = withSnapshots(each);
        return { ...data, shape: endpoint.shape, device: endpoint.snapshot() };
    });
}
/** @throws SnapshotError unless the same functions are plugged in at the same places. */
export function checkFunctions(topology, data) {
    const own = topology.all();
    for (const { path } of data) {
        if (!own.some((each) => pathOf(each) === path)) {
            throw new SnapshotError(`the snapshot has a function at ${path}, and here is none`);
        }
    }
    for (const each of own) {
        const path = pathOf(each);
        const found = data.find((candidate) => candidate.path === path);
        if (!found)
            throw new SnapshotError(`there is a function at ${path}, and the snapshot has none`);
        const shape = each instanceof EndpointFunction ? withSnapshots(each).shape : undefined;
        if (shape !== found.shape) {
            const [theirs, ours] = [found.shape ?? "a bridge", shape ?? "a bridge"];
            throw new SnapshotError(`the snapshot has at ${path} ${theirs}, and here is ${ours}`);
        }
        if (!each.config.fits(found.config)) {
            throw new SnapshotError(`the function at ${path} has another configuration space than in the snapshot`);
        }
    }
}
/** Puts in place what `checkFunctions` has let pass: configuration space first, then the devices. */
export function restoreFunctions(topology, data) {
    const byPath = new Map(data.map((each) => [each.path, each]));
    const functions = topology.all();
    for (const each of functions)
        each.config.restore(byPath.get(pathOf(each)).config);
    for (const each of functions) {
        if (!(each instanceof EndpointFunction))
            continue;
        withSnapshots(each).restore(byPath.get(pathOf(each)).device);
    }
}
function pathOf(target) {
    const steps = [];
    for (let at = target; at; at = at.parent) {
        steps.unshift(`${at.slot.device.toString(16)}.${at.slot.function}`);
    }
    return steps.join("/");
}
function withSnapshots(owner) {
    const { endpoint } = owner;
    if (endpoint.shape === undefined ||
        endpoint.snapshot === undefined ||
        endpoint.restore === undefined) {
        throw new SnapshotError(`the device at ${pathOf(owner)} has no snapshots: give it shape, snapshot() and restore()`);
    }
    return endpoint;
}
