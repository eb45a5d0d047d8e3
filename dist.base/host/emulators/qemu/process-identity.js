import { readFileSync, readlinkSync } from "node:fs";
/** Fields of /proc/PID/stat behind the program's name, which may have anything in it: the start time. */
const START_TIME = 19;
/**
 * A name of this process that no other one ever has: process id, time of its start, and the namespace that
 * the id is of. Undefined where the system does not tell (anything but Linux).
 */
export function ownIdentity() {
    const started = startOf(process.pid);
    const namespace = processNamespace();
    return started === undefined || namespace === undefined
        ? undefined
        : `${process.pid}-${started}-${namespace}`;
}
/** Whether the process of a name has certainly ended: of another namespace that cannot be told. */
export function hasEnded(identity) {
    const [pid = "", started, namespace] = identity.split("-");
    if (!/^\d+$/.test(pid) || namespace === undefined || namespace !== processNamespace()) {
        return false;
    }
    return startOf(Number(pid)) !== started;
}
/** In clock ticks since the system's; undefined if there is no such process. */
function startOf(pid) {
    try {
        const text = readFileSync(`/proc/${pid}/stat`, "utf8");
        return text.slice(text.lastIndexOf(")") + 2).split(" ")[START_TIME];
    }
    catch {
        return undefined;
    }
}
function processNamespace() {
    try {
        return /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];
    }
    catch {
        return undefined;
    }
}
