import { CapabilityError, resolveCapabilities } from "../../core/capabilities.js";
import { Iommu } from "../../iommu.js";
import { GuestMemory } from "../../memory/guest-memory.js";
import { OracleUnit } from "../../oracle/unit.js";
import { presetNames } from "../../spec/presets.js";
import { TargetRefusal } from "../target.js";
import { RAM_BYTES, UnitSession } from "./unit-session.js";
/** The options of a unit for a configuration of the suite. @throws TargetRefusal */
export function unitOptions({ name, wishes }) {
    const known = presetNames;
    if (!known.includes(name)) {
        throw new TargetRefusal(`no preset "${name}"; there are ${presetNames.join(", ")}`);
    }
    const options = { ...wishes, preset: name };
    legal(() => resolveCapabilities(options));
    return options;
}
/** What `make` answers; an illegal set of capabilities is a refusal. */
function legal(make) {
    try {
        return make();
    }
    catch (error) {
        if (!(error instanceof CapabilityError))
            throw error;
        throw new TargetRefusal(`the unit cannot be made: ${error.problems.join("; ")}`);
    }
}
/** The unit in V8 with guest memory beside it: core-port.wasm. */
export const corePortTarget = {
    name: "core-port",
    title: "viommu's unit in V8, guest memory outside (core-port.wasm)",
    mayHang: false,
    async open(configuration) {
        const memory = GuestMemory.create({ size: RAM_BYTES });
        const iommu = await Iommu.create({ ...unitOptions(configuration), memory });
        return new UnitSession(iommu, memory, iommu.capabilities.hostAddressWidth);
    },
};
/** The unit in V8 with guest memory in its own: core.wasm. */
export const coreTarget = {
    name: "core",
    title: "viommu's unit in V8, guest memory inside (core.wasm)",
    mayHang: false,
    async open(configuration) {
        const { iommu, memory } = await Iommu.createEmbedded({
            ...unitOptions(configuration),
            memory: { size: RAM_BYTES },
        });
        return new UnitSession(iommu, memory, iommu.capabilities.hostAddressWidth);
    },
};
/** What the oracle has no model of: reported as absent. */
const NOT_IN_ORACLE = { PMS: 0, ECMDS: 0 };
/** The second implementation: plain TypeScript, without any cache. */
export const oracleTarget = {
    name: "oracle",
    title: "viommu's oracle, the manual once more without caches",
    mayHang: false,
    open(configuration) {
        const options = unitOptions(configuration);
        const { capabilities: wished = {}, invalidationTimeout, faultCollapse = true } = options;
        for (const name of Object.keys(NOT_IN_ORACLE)) {
            if ((wished[name] ?? 0) !== 0)
                throw new TargetRefusal(`the oracle has no model of ${name}`);
        }
        const chosen = { ...options, capabilities: { ...wished, ...NOT_IN_ORACLE } };
        const { version, cap, ecap, hostAddressWidth } = legal(() => resolveCapabilities(chosen));
        const memory = GuestMemory.create({ size: RAM_BYTES });
        const unit = new OracleUnit({
            ...{ memory, version, cap, ecap, hostAddressWidth, faultCollapse },
            ...(invalidationTimeout !== undefined && { invalidationTimeout }),
        });
        return Promise.resolve(new UnitSession(unit, memory, hostAddressWidth));
    },
};
