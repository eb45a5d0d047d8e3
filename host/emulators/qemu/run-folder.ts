import {
  accessSync,
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QemuError } from "./qemu-error.js";

/** Linux's folder in memory. Anywhere else the guest's RAM would be written to a disk, in time. */
const MEMORY_FOLDER = "/dev/shm";

/** A folder of no one else's; one that the user names, which was made; or one that was there. */
type FolderOrigin = "temporary" | "made" | "found";

/** The folder of one run: the guest's RAM, the sockets, the DMAR table. */
export class RunFolder {
  readonly path: string;
  readonly #origin: FolderOrigin;
  readonly #files: string[] = [];

  private constructor(path: string, origin: FolderOrigin) {
    this.path = path;
    this.#origin = origin;
  }

  /**
   * Makes a folder with a RAM file of so many bytes, which take space as the guest uses them.
   * @param parents folders to choose from: the first that can hold it.
   * @throws QemuError if no folder has the space.
   */
  static create(ramBytes: number, parents: readonly string[] = usualParents()): RunFolder {
    const parent = parents.find((each) => isWritable(each) && freeBytes(each) >= ramBytes);
    if (parent === undefined) {
      const free = parents.map((each) => `${each} has ${mib(freeBytes(each))}`).join(", ");
      throw new QemuError(
        `no folder can hold ${mib(ramBytes)} of RAM (${free}): give the guest less memory, ` +
          `or set TMPDIR to a folder with more space`,
      );
    }
    const folder = new RunFolder(mkdtempSync(join(parent, `viommu-${process.pid}-`)), "temporary");
    folder.#createRam(ramBytes);
    return folder;
  }

  /**
   * Makes the RAM file in a folder that the user names, which is made if there is none.
   * @throws QemuError if the folder cannot be made or has no space, or has such a file already.
   */
  static at(path: string, ramBytes: number): RunFolder {
    const folder = new RunFolder(path, makeFolder(path) ? "made" : "found");
    try {
      const free = freeBytes(path);
      if (free < ramBytes) {
        throw new QemuError(`${path} cannot hold ${mib(ramBytes)} of RAM: it has ${mib(free)}`);
      }
      folder.#createRam(ramBytes);
    } catch (error) {
      folder.remove();
      throw error;
    }
    return folder;
  }

  get ramFile(): string {
    return join(this.path, "ram");
  }

  /** Where QEMU connects to tell how the guest ended. */
  get monitorSocket(): string {
    return join(this.path, "qmp.sock");
  }

  /** Writes a file; answers its path. */
  write(name: string, bytes: Uint8Array): string {
    const path = join(this.path, name);
    notThere(path, () => {
      writeFileSync(path, bytes, { flag: "wx" });
    });
    this.#files.push(path);
    return path;
  }

  /** QEMU has the RAM open: without a name it cannot outlive this process, even a killed one. */
  forgetRam(): void {
    rmSync(this.ramFile, { force: true });
  }

  /** Takes away what was made here, and leaves what others have put. */
  remove(): void {
    if (this.#origin === "temporary") {
      rmSync(this.path, { recursive: true, force: true });
      return;
    }
    for (const file of this.#files) rmSync(file, { force: true });
    try {
      if (this.#origin === "made") rmdirSync(this.path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" && code !== "ENOENT") throw error;
    }
  }

  #createRam(bytes: number): void {
    const file = notThere(this.ramFile, () => openSync(this.ramFile, "wx", 0o600));
    this.#files.push(this.ramFile);
    try {
      ftruncateSync(file, bytes);
    } finally {
      closeSync(file);
    }
  }
}

/** Whether there was none. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" && isWritable(path)) return false;
    throw new QemuError(`${path} is no folder that can be used: ${message}`);
  }
}

/** What another run may still use is not written over. */
function notThere<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new QemuError(
      code === "EEXIST"
        ? `${path} exists: another run uses the folder, or one was killed there; then delete the file`
        : `${path} cannot be made: ${message}`,
    );
  }
}

function usualParents(): string[] {
  return [MEMORY_FOLDER, tmpdir()];
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return 0;
  }
}

function mib(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
