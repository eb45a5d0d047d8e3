import { createHash } from "node:crypto";
import { Command } from "commander";
import { wasmBytes } from "../core/modules.js";
import { TESTED_V86_VERSION } from "../emulators/v86/index.js";
import { jsonText } from "./json.js";
import { packageVersion } from "./package-files.js";
import { textTable } from "./text-table.js";
/** Revision of the VT-d manual that the unit follows. */
const SPECIFICATION = "5.10";
/** `viommu version`: what a report of a defect has to say. */
export function versionCommand({ terminal }) {
    return new Command("version")
        .description("print the versions of viommu, its core, the manual and Node")
        .option("--json", "print them as JSON (docs/version.schema.json)")
        .addHelpText("after", "\nExamples:\n  viommu version\n  viommu version --json")
        .action(async (options) => {
        const versions = {
            version: packageVersion(),
            specification: SPECIFICATION,
            core: await hashOf("core"),
            corePort: await hashOf("core-port"),
            v86: TESTED_V86_VERSION,
            node: process.versions.node,
        };
        if (options.json === true)
            terminal.out(jsonText(versions));
        else
            terminal.out(versionText(versions));
    });
}
function versionText(versions) {
    const rows = [
        ["viommu", versions["version"] ?? ""],
        ["manual", `VT-d revision ${versions["specification"]}`],
        ["core.wasm", `sha256 ${versions["core"]}`],
        ["core-port.wasm", `sha256 ${versions["corePort"]}`],
        ["v86", versions["v86"] ?? ""],
        ["Node", versions["node"] ?? ""],
    ];
    return textTable(rows, "");
}
async function hashOf(name) {
    return createHash("sha256")
        .update(await wasmBytes(name))
        .digest("hex");
}
