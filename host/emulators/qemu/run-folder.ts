import {
  accessSync,
  closeSync,
  constants,
  ftruncateSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { QemuError } from "./qemu-error.js";

/** Linux's folder in memory. Anywhere else the guest's RAM would be written to a disk, in time. */
const MEMORY_FOLDER = "/dev/shm";

/** The folder of one run: the guest's RAM, the sockets, the DMAR table. */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
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
    const folder = new RunFolder(mkdtempSync(join(parent, `viommu-${process.pid}-`)));
    const file = openSync(folder.ramFile, "wx", 0o600);
    ftruncateSync(file, ramBytes);
    closeSync(file);
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
    writeFileSync(path, bytes);
    return path;
  }

  /** QEMU has the RAM open: without a name it cannot outlive this process, even a killed one. */
  forgetRam(): void {
    rmSync(this.ramFile, { force: true });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
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
