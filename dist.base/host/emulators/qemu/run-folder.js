import { accessSync, appendFileSync, closeSync, constants, ftruncateSync, lstatSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync, statfsSync, writeFileSync, } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { LONGEST_PATH } from "../vfio-user/function-socket.js";
import { hasEnded, ownIdentity } from "./process-identity.js";
import { QemuError } from "./qemu-error.js";
/** Linux's folder in memory. Anywhere else the guest's RAM would be written to a disk, in time. */
const MEMORY_FOLDER = "/dev/shm";
/** In a folder that the user names: the process that uses it, and what it has put there. */
const OWNER_FILE = "viommu-owner";
const LONGEST_SOCKET_NAME = "00-1e.0.sock";
/** The name of a folder of no one else's. */
const TEMPORARY_NAME = /^viommu-(\d+-\d+-\d+)-[^-]{6}$/;
/**
 * The folder of one run: the guest's RAM, the sockets, the DMAR table. It is gone when the process ends, if that
 * can do anything at its end; what a killed one has left goes when the next folder is made.
 */
export class RunFolder {
    path;
    #origin;
    #files = [];
    #atExit = () => {
        this.remove();
    };
    constructor(path, origin) {
        this.path = path;
        this.#origin = origin;
        process.on("exit", this.#atExit);
    }
    /**
     * Makes a folder with a RAM file of so many bytes, which take space as the guest uses them.
     * @param parents folders to choose from: the first that can hold it.
     * @throws QemuError if no folder has the space.
     */
    static create(ramBytes, parents = usualParents()) {
        for (const each of parents)
            sweep(each);
        const name = `viommu-${ownIdentity() ?? process.pid}-`;
        const parent = parents.find((each) => whyUnfit(each, name, ramBytes) === undefined);
        if (parent === undefined) {
            const why = parents.map((each) => `${each} ${whyUnfit(each, name, ramBytes)}`).join(", ");
            throw new QemuError(`no folder can hold ${mib(ramBytes)} of RAM and the sockets (${why}): give the guest less ` +
                `memory, or set TMPDIR to a folder with more space or a shorter name`);
        }
        const folder = new RunFolder(mkdtempSync(join(parent, name)), "temporary");
        try {
            folder.#createRam(ramBytes);
        }
        catch (error) {
            folder.remove();
            throw error;
        }
        return folder;
    }
    /**
     * Makes the RAM file in a folder that the user names, which is made if there is none.
     * @throws QemuError if the folder cannot be made or has no space, or has such a file already.
     */
    static at(path, ramBytes) {
        const folder = new RunFolder(path, makeFolder(path) ? "made" : "found");
        try {
            folder.#claim();
            const free = freeBytes(path);
            if (free < ramBytes) {
                throw new QemuError(`${path} cannot hold ${mib(ramBytes)} of RAM: it has ${mib(free)}`);
            }
            folder.#createRam(ramBytes);
        }
        catch (error) {
            folder.remove();
            throw error;
        }
        return folder;
    }
    get ramFile() {
        return join(this.path, "ram");
    }
    /** Where QEMU connects to tell how the guest ended. */
    get monitorSocket() {
        return join(this.path, "qmp.sock");
    }
    /** Writes a file; answers its path. */
    write(name, bytes) {
        const path = join(this.path, name);
        notThere(path, () => {
            writeFileSync(path, bytes, { flag: "wx" });
        });
        this.#made(path);
        return path;
    }
    /** Sockets that others have made here for this run: they go with the rest. */
    adopt(paths) {
        for (const path of paths)
            this.#made(path);
    }
    /** Takes away what was made here, and leaves what others have put. Who has a file open keeps it. */
    remove() {
        process.off("exit", this.#atExit);
        if (this.#origin === "temporary") {
            rmSync(this.path, { recursive: true, force: true });
            return;
        }
        for (const file of this.#files)
            rmSync(file, { force: true });
        try {
            if (this.#origin === "made")
                rmdirSync(this.path);
        }
        catch (error) {
            const { code } = error;
            if (code !== "ENOTEMPTY" && code !== "ENOENT")
                throw error;
        }
    }
    /**
     * Writes down whose the folder is, after what a dead owner has left is gone.
     * @throws QemuError if its owner lives.
     */
    #claim() {
        const path = join(this.path, OWNER_FILE);
        sweepNamed(this.path, path);
        notThere(path, () => {
            writeFileSync(path, `${ownIdentity() ?? process.pid}\n`, { flag: "wx" });
        });
        this.#files.push(path);
    }
    /** Files that were there are none of ours: a name is kept when the file has been made. */
    #made(path) {
        this.#files.push(path);
        if (this.#origin !== "temporary") {
            appendFileSync(join(this.path, OWNER_FILE), `${basename(path)}\n`);
        }
    }
    #createRam(bytes) {
        const file = notThere(this.ramFile, () => openSync(this.ramFile, "wx", 0o600));
        this.#made(this.ramFile);
        try {
            ftruncateSync(file, bytes);
        }
        finally {
            closeSync(file);
        }
    }
}
/** Removes the folders of runs whose process was killed. */
function sweep(parent) {
    for (const name of namesIn(parent)) {
        const identity = TEMPORARY_NAME.exec(name)?.[1];
        const path = join(parent, name);
        if (identity !== undefined && hasEnded(identity) && isOwnFolder(path)) {
            rmSync(path, { recursive: true, force: true });
        }
    }
}
/** Removes what a killed process has put into a folder that the user named. */
function sweepNamed(folder, ownerFile) {
    const [identity, ...names] = linesOf(ownerFile);
    if (identity === undefined || !hasEnded(identity))
        return;
    for (const name of [...names.map((each) => basename(each)), OWNER_FILE]) {
        rmSync(join(folder, name), { force: true });
    }
}
function namesIn(folder) {
    try {
        return readdirSync(folder);
    }
    catch {
        return [];
    }
}
function linesOf(file) {
    try {
        return readFileSync(file, "utf8").split("\n").filter(Boolean);
    }
    catch {
        return [];
    }
}
function isOwnFolder(path) {
    const found = lstatSync(path, { throwIfNoEntry: false });
    return found?.isDirectory() === true && found.uid === process.getuid?.();
}
/** Whether there was none. */
function makeFolder(path) {
    try {
        mkdirSync(path, { mode: 0o700 });
        return true;
    }
    catch (error) {
        const { code, message } = error;
        if (code === "EEXIST" && isWritable(path))
            return false;
        throw new QemuError(`${path} is no folder that can be used: ${message}`);
    }
}
/** What another run may still use is not written over. */
function notThere(path, make) {
    try {
        return make();
    }
    catch (error) {
        const { code, message } = error;
        throw new QemuError(code === "EEXIST"
            ? `${path} exists: another run uses the folder, or the file is somebody else's`
            : `${path} cannot be made: ${message}`);
    }
}
/** What keeps a folder of this name from being made in another, and from being of use. */
function whyUnfit(parent, name, ramBytes) {
    if (!isWritable(parent))
        return "cannot be written";
    const free = freeBytes(parent);
    if (free < ramBytes)
        return `has ${mib(free)}`;
    const length = Buffer.byteLength(join(parent, `${name}XXXXXX`, LONGEST_SOCKET_NAME));
    return length > LONGEST_PATH
        ? `makes paths of sockets with ${length} bytes, ${LONGEST_PATH} are possible`
        : undefined;
}
function usualParents() {
    return [MEMORY_FOLDER, tmpdir()];
}
function isWritable(folder) {
    try {
        accessSync(folder, constants.W_OK | constants.X_OK);
        return true;
    }
    catch {
        return false;
    }
}
function freeBytes(folder) {
    try {
        const { bavail, bsize } = statfsSync(folder);
        return bavail * bsize;
    }
    catch {
        return 0;
    }
}
function mib(bytes) {
    return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
