import { execFile } from "node:child_process";
import { QemuError } from "./qemu-error.js";
/** The first version with the device vfio-user-pci. */
const FIRST = [10, 1];
const HOW_TO_GET = "distributions from 2026 on have one (Debian: forky, sid), and qemu.org has the sources; " +
    "--qemu PATH takes one that is not in PATH";
const ANSWER_MS = 20_000;
/**
 * Looks at a QEMU.
 * @param path the program, or its name in PATH.
 * @throws QemuError if there is none, or it is too old.
 */
export async function findQemu(path = "qemu-system-x86_64") {
    const answer = await askVersion(path);
    const [, version, majorText, minorText] = /version ((\d+)\.(\d+)[.\d]*)/.exec(answer) ?? [];
    if (version === undefined) {
        throw new QemuError(`${path} is no QEMU: asked for its version, it says "${firstLine(answer)}"`);
    }
    const major = Number(majorText);
    const minor = Number(minorText);
    if (!atLeast(major, minor, FIRST)) {
        throw new QemuError(`${path} is QEMU ${version}, and vfio-user came with ${FIRST.join(".")}: ${HOW_TO_GET}`);
    }
    return {
        path,
        version,
        dmaLayout: atLeast(major, minor, [11, 0]) ? "count64" : "count32",
        endsWithParent: atLeast(major, minor, [10, 2]),
    };
}
function atLeast(major, minor, [m, n]) {
    return major > m || (major === m && minor >= n);
}
function askVersion(path) {
    return new Promise((resolve, reject) => {
        execFile(path, ["--version"], { timeout: ANSWER_MS }, (error, stdout, stderr) => {
            if (error === null)
                resolve(stdout);
            else if (error.code === "ENOENT") {
                reject(new QemuError(`there is no ${path}: ${HOW_TO_GET}`));
            }
            else if (error.code === "EACCES") {
                reject(new QemuError(`${path} is no program that may be run`));
            }
            else {
                const why = firstLine(stderr) || error.message;
                reject(new QemuError(`${path} does not tell its version: ${why}`));
            }
        });
    });
}
function firstLine(text) {
    return text.trim().split("\n", 1)[0] ?? "";
}
