import { seal, unseal } from "../../core/sealed-data.js";
import { SnapshotError } from "../../core/snapshot-error.js";
import { withAbsentBars } from "./absent-bars.js";
import { joinState, splitState } from "./state-image.js";
const MACHINE = { letters: "VIO8", version: 1, of: "a machine in v86" };
/**
 * Makes the emulator's `save_state` and `restore_state` take the unit and its endpoints along. Both
 * refuse to work while the guest is in the middle of an instruction.
 */
export function extendSavedState(emulator, parts) {
    const save = emulator.save_state.bind(emulator);
    const restore = emulator.restore_state.bind(emulator);
    emulator.save_state = async () => {
        requireQuiet(parts, "saved");
        // All parts at once: the guest may go on while v86's promise is waited for.
        const own = save();
        const machine = seal(MACHINE, parts.around());
        const [bus, unit] = [parts.bus.snapshot(), parts.iommu.snapshot()];
        return joinState({ v86: new Uint8Array(await own), machine, bus, unit });
    };
    emulator.restore_state = async (image) => {
        requireQuiet(parts, "restored");
        if (parts.hasEnded()) {
            throw new SnapshotError("the guest has come to its end: restore into a new emulator");
        }
        const { v86, machine, bus, unit } = splitState(image);
        const { shape, rest } = unseal(MACHINE, machine);
        requireShape(shape, parts.around().shape);
        parts.bus.checkSnapshot(bus);
        parts.iommu.checkSnapshot(unit);
        await withAbsentBars(parts.pci, () => restore(v86.slice().buffer));
        parts.iommu.restoreState(unit);
        parts.bus.restoreState(bus);
        parts.restored(rest);
    };
}
function requireQuiet(parts, what) {
    if (!parts.guestRuns())
        return;
    throw new SnapshotError(`a listener that guest code called cannot have its machine ${what}: wait until it has returned`);
}
function requireShape(saved, own) {
    for (const [name, value] of Object.entries(own)) {
        const [theirs, ours] = [saved[name], value].map((each) => JSON.stringify(each) ?? "nothing");
        if (theirs === ours)
            continue;
        throw new SnapshotError(`the saved machine has ${name} ${theirs}, and this one ${ours}`);
    }
}
