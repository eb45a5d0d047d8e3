/** Moves no port: what v86 needs to see of a base address register that a function does not have. */
const ABSENT = { size: 0, original_bar: 0, entries: [] };
/**
 * Does something while every base address register of v86's functions has a description. v86's
 * `restore_state` fails without it when its IDE controller has no first channel (no hard disk): the
 * registers of that channel read as I/O space, and v86 looks for what they are.
 */
export function withAbsentBars(pci, work) {
    const filled = [];
    for (const device of pci.devices) {
        const bars = device?.pci_bars ?? [];
        for (const index of bars.keys()) {
            if (bars[index] !== undefined)
                continue;
            bars[index] = ABSENT;
            filled.push(() => (bars[index] = undefined));
        }
    }
    try {
        return work();
    }
    finally {
        for (const restore of filled)
            restore();
    }
}
