import { writePlainData } from "../core/plain-data.js";
import { seal, unseal } from "../core/sealed-data.js";
import { SnapshotError } from "../core/snapshot-error.js";
import { ramImage, restoreRam } from "../memory/ram-image.js";
import { formatSourceId, parseSourceId } from "../spec/source-id.js";
const SNAPSHOT = { letters: "VIOC", version: 1, of: "a machine" };
const LENGTH = 4;
/** @throws SnapshotError when a listener calls, and for a device without snapshots. */
export function snapshotMachine(parts, options) {
    const { memory, bus, units, interrupts } = parts;
    const withMemory = options.memory ?? true;
    const blobs = [bus.snapshot(), ...units.map(({ iommu }) => iommu.snapshot())];
    if (withMemory)
        blobs.push(ramImage(memory));
    const head = {
        shape: shapeOf(parts),
        interrupts: interrupts.pending,
        ...(withMemory && { poison: memory.poisoned }),
        lengths: blobs.map(({ length }) => length),
    };
    return joined(seal(SNAPSHOT, head), blobs);
}
/**
 * Puts a machine back; nothing has changed when it throws.
 * @throws SnapshotError for another version, or another shape of machine.
 */
export function restoreMachine(parts, snapshot) {
    const { memory, bus, units, interrupts } = parts;
    const opened = open(snapshot, units.length);
    requireShape(opened.head.shape, shapeOf(parts));
    bus.checkSnapshot(opened.bus);
    eachUnit(units, opened, (iommu, state) => {
        iommu.checkSnapshot(state);
    });
    const { poison } = opened.head;
    if (poison) {
        restoreRam(memory, opened.ram);
        memory.heal();
        for (const { start, length, ...kinds } of poison)
            memory.poison(start, length, kinds);
    }
    eachUnit(units, opened, (iommu, state) => {
        iommu.restoreState(state);
    });
    bus.restoreState(opened.bus);
    interrupts.restore(opened.head.interrupts);
}
function eachUnit(units, opened, work) {
    units.forEach(({ iommu }, index) => {
        work(iommu, opened.units[index]);
    });
}
function shapeOf({ memory, units, ecam }) {
    return {
        RAM: memory.regions,
        "remapping units": units.map(({ base, scope }) => ({
            base,
            scope: scope === "all" ? scope : scope.map((id) => formatSourceId(parseSourceId(id))),
        })),
        "enhanced configuration space": ecam,
    };
}
function requireShape(theirs, ours) {
    for (const [name, own] of Object.entries(ours)) {
        const [there, here] = [writePlainData(theirs[name]), writePlainData(own)];
        if (there !== here) {
            throw new SnapshotError(`the snapshot is of a machine with other ${name}: ${there} there, ${here} here`);
        }
    }
}
function joined(head, blobs) {
    const all = [head, ...blobs];
    const snapshot = new Uint8Array(LENGTH + all.reduce((sum, { length }) => sum + length, 0));
    new DataView(snapshot.buffer).setUint32(0, head.length, true);
    let at = LENGTH;
    for (const part of all) {
        snapshot.set(part, at);
        at += part.length;
    }
    return snapshot;
}
function open(snapshot, unitCount) {
    const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
    const headLength = snapshot.length < LENGTH ? 0 : view.getUint32(0, true);
    const head = unseal(SNAPSHOT, snapshot.subarray(LENGTH, LENGTH + headLength));
    let at = LENGTH + headLength;
    const expected = head.lengths.reduce((sum, length) => sum + length, at);
    if (snapshot.length !== expected) {
        throw new SnapshotError(`the snapshot has ${snapshot.length} bytes, its header says ${expected}`);
    }
    const blobs = head.lengths.map((length) => snapshot.subarray(at, (at += length)));
    const [bus, ...rest] = blobs;
    const units = rest.slice(0, unitCount);
    return { head, bus: bus, units, ram: rest[unitCount] ?? new Uint8Array() };
}
