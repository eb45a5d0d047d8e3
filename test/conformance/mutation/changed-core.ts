import type { CoreExports } from "../../../host/core/exports.js";
import { embedMemory } from "../../../host/core/embedded.js";
import type { Target } from "../../../host/conformance/target.js";
import { unitOptions } from "../../../host/conformance/targets/in-process.js";
import { RAM_BYTES, UnitSession } from "../../../host/conformance/targets/unit-session.js";
import { Iommu } from "../../../host/iommu.js";
import type { GuestMemory } from "../../../host/memory/guest-memory.js";

/** The unit of other bytes than those of core.wasm, as a target of the suite. */
export function changedCore(module: WebAssembly.Module, imports: WebAssembly.Imports = {}): Target {
  return {
    name: "changed-core",
    title: "a unit that was changed",
    mayHang: false,
    async open(configuration) {
      const { exports } = await WebAssembly.instantiate(module, imports);
      const made: GuestMemory[] = [];
      const iommu = await Iommu.over(unitOptions(configuration), (options) => {
        const place = { size: RAM_BYTES };
        const { core, memory } = embedMemory(exports as unknown as CoreExports, options, place);
        made.push(memory);
        return Promise.resolve(core);
      });
      return new UnitSession(iommu, made[0]!, iommu.capabilities.hostAddressWidth);
    },
  };
}
