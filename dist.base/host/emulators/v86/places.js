import { dmaEngine } from "../../devices/dma-engine/model.js";
import { edu } from "../../devices/edu/model.js";
import { parseSourceId } from "../../spec/source-id.js";
const MIB = 2 ** 20;
/** Windows of endpoints lie from here up: above v86's display memory, below its BIOS. */
const FIRST_BAR = 0xe800_0000;
/** v86's own granularity, so that no two windows share a handler. */
const BAR_ALIGNMENT = 0x2_0000;
/**
 * Takes the options of the machine out of a larger object, with their defaults; the rest is the unit's.
 * @throws {RangeError} if an address has not the alignment that it needs.
 */
export function placeOf(options) {
    const { endpoints = [
        { at: "00:02.0", model: dmaEngine() },
        { at: "00:03.0", model: edu() },
    ], translatedDevices, interruptRemapping, registerBase = 0xfed9_0000, ecamBase = 0xb000_0000, exitPort = 0xf4, ...unit } = options;
    // A caller without types may ask for more.
    if (interruptRemapping !== undefined && interruptRemapping !== "msi-only") {
        throw new RangeError(`interruptRemapping is "${String(interruptRemapping)}": expected "msi-only" or nothing`);
    }
    requireMultiple("ecamBase", ecamBase, MIB);
    return {
        machine: {
            endpoints: endpoints.map(({ at, model }) => ({ bdf: parseSourceId(at), model })),
            translatedDevices,
            interruptRemapping: interruptRemapping === "msi-only",
            registerBase,
            ecam: { base: ecamBase, size: MIB },
            exitPort,
        },
        unit,
    };
}
/** Plugs the endpoints in, their windows one after the other at addresses that software cannot move. */
export function plugIn(bus, { endpoints }) {
    let next = FIRST_BAR;
    return endpoints.map(({ bdf, model }) => {
        const bars = model.bars.map(({ index, size }) => {
            const alignment = Math.max(size, BAR_ALIGNMENT);
            const address = Math.ceil(next / alignment) * alignment;
            next = address + alignment;
            return [index, { address, fixed: true }];
        });
        return bus.addEndpoint({ bdf, model, bars: Object.fromEntries(bars) });
    });
}
export function requireMultiple(name, address, of) {
    if (!Number.isInteger(address) || address < 0 || address % of !== 0) {
        throw new RangeError(`${name} must be a multiple of 0x${of.toString(16)}, got ${address}`);
    }
}
