import { spawn } from "node:child_process";
import { VfioUserServer, } from "../vfio-user/index.js";
import { Guardian } from "./guardian.js";
import { machineArguments } from "./machine-arguments.js";
import { QemuError } from "./qemu-error.js";
import { RunFolder } from "./run-folder.js";
import { ShutdownMonitor } from "./shutdown-monitor.js";
/** What QEMU may write of errors before we stop to listen. */
const MOST_ERROR_TEXT = 1 << 14;
/** From the first sign of trouble to a better one: how QEMU ended says more than a lost connection. */
const BETTER_REASON_MS = 1000;
/**
 * Runs a guest in QEMU with the unit and endpoints of this process until it turns off, crashes, or reaches the
 * time limit. QEMU, its sockets and files are gone afterwards, whatever happened.
 * @throws QemuError if QEMU does not take its options, RangeError for options of the unit that cannot be.
 */
export async function runQemu(options, watcher) {
    const folder = RunFolder.create(options.memoryMib * 2 ** 20);
    try {
        const { unit, endpoints, qemu } = options;
        const server = await VfioUserServer.start({
            unit,
            directory: folder.path,
            ramFile: folder.ramFile,
            dmaLayout: qemu.dmaLayout,
            ...(endpoints !== undefined && { endpoints }),
        });
        const monitor = new ShutdownMonitor(folder.monitorSocket);
        try {
            await monitor.listen();
            watcher.serving(server);
            return await runBeside({ server, monitor, folder, options, watcher });
        }
        finally {
            await monitor.close();
            await server.close();
        }
    }
    finally {
        folder.remove();
    }
}
async function runBeside(parts) {
    const { server, folder, options } = parts;
    const { qemu } = options;
    const args = machineArguments({
        ...options,
        ramFile: folder.ramFile,
        monitorSocket: folder.monitorSocket,
        dmarFile: folder.write("dmar.bin", server.dmar),
        functions: server.functions,
        fiveLevels: server.iommu.capabilities.values["FS5LP"] === 1,
        endsWithParent: qemu.endsWithParent,
    });
    options.signal?.throwIfAborted();
    const child = spawn(qemu.path, args, { stdio: ["ignore", "pipe", "pipe"] });
    const kill = () => {
        child.kill("SIGKILL");
    };
    process.on("exit", kill);
    const guardian = qemu.endsWithParent || child.pid === undefined ? undefined : new Guardian(child.pid);
    const ended = new Promise((resolve) => {
        child.once("close", () => {
            resolve();
        });
    });
    removeWhenOpened(parts);
    try {
        return await endingOf(child, parts);
    }
    finally {
        kill();
        await ended;
        guardian?.dismiss();
        process.off("exit", kill);
    }
}
/**
 * QEMU connects to the sockets of its devices last. From then on it has open what it needs, and what has no
 * name cannot be left behind by a process that is killed.
 */
function removeWhenOpened({ server, monitor, folder }) {
    const connected = new Set();
    server.on("connected", (name) => {
        connected.add(name);
        if (connected.size === server.functions.length && monitor.connected)
            folder.remove();
    });
}
/** The first of all that can end a run. */
function endingOf(child, parts) {
    const { server, monitor, options, watcher } = parts;
    return new Promise((resolve, reject) => {
        const { timeLimitSeconds: limit, signal } = options;
        const crash = (reason) => {
            resolve({ kind: "crash", reason });
        };
        let errorText = "";
        let started = false;
        child.stdout.on("data", (bytes) => {
            started = true;
            if (watcher.console(bytes))
                resolve({ kind: "enough" });
        });
        child.stderr.on("data", (bytes) => {
            if (errorText.length < MOST_ERROR_TEXT)
                errorText += bytes.toString();
        });
        child.once("error", reject);
        child.once("close", (code, killer) => {
            void monitor.finalReason().then((reason) => {
                if (reason === "guest-shutdown")
                    resolve({ kind: "off" });
                else if (reason !== undefined)
                    crash(describeShutdown(reason));
                else if (killer !== null)
                    crash(`QEMU was ended by ${killer}${quoted(errorText)}`);
                else if (started)
                    crash(`QEMU ended with code ${code}${quoted(errorText)}`);
                else
                    reject(new QemuError(`QEMU does not run${quoted(errorText)}`));
            });
        });
        server.on("refused", (reason) => {
            watcher.told(`refused: ${reason}`);
        });
        server.on("misplaced", crash);
        server.on("unshared", crash);
        server.on("disconnected", ({ name, reason }) => {
            if (reason === undefined)
                return;
            setTimeout(crash, BETTER_REASON_MS, `QEMU's connection to ${name} broke: ${reason}`).unref();
        });
        const timer = setTimeout(() => {
            resolve({ kind: "timeout", reason: `the time limit of ${limit} s was reached` });
        }, limit * 1000);
        child.once("close", () => {
            clearTimeout(timer);
        });
        signal?.addEventListener("abort", () => {
            reject(signal.reason);
        });
    });
}
const SHUTDOWNS = {
    "guest-reset": "the guest reset the machine: a panic does that",
    "guest-panic": "the guest panicked",
};
function describeShutdown(reason) {
    return SHUTDOWNS[reason] ?? `QEMU stopped the machine: ${reason}`;
}
/** What QEMU said of errors, without its warnings. */
function quoted(text) {
    const lines = text.split("\n").filter((line) => !/^$|: warning: /.test(line.trim()));
    return lines.length === 0 ? "" : `: ${lines.join("; ")}`;
}
