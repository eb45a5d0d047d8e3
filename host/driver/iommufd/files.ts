import { Errno } from "../errno.js";
import { Refcount, Resource, type Kernel, type Routine } from "../kernel/index.js";
import { UserMemory, type UserBuffer, type UserMemoryOptions } from "./user-memory.js";

/** Events of poll(2), with Linux's numbers. */
export const POLL = { IN: 1, OUT: 4, RDNORM: 0x40 } as const;

/** What a file can do; what it cannot is EINVAL (ENOTTY for ioctl). */
export interface FileOperations {
  readonly read?: (address: bigint, count: number, position: bigint) => Routine<number | Errno>;
  readonly write?: (address: bigint, count: number, position: bigint) => Routine<number | Errno>;
  /** Events that are ready now, of `POLL`. */
  readonly poll?: () => Routine<number>;
  /** Waits until one of these events is ready; answers those that are. */
  readonly pollWait?: (events: number) => Routine<number>;
  readonly ioctl?: (command: number, address: bigint) => Routine<number | Errno>;
  /** What the file is made of, if it is a file of memory. */
  readonly memory?: UserBuffer;
  /** The last reference is gone. */
  readonly release: () => Routine;
}

/** An open file (struct file); freed with its last reference. */
export interface OpenFile {
  readonly name: string;
  readonly refs: Refcount;
  readonly operations: FileOperations;
}

/** Drops a reference of an open file. */
export function* putFile(kernel: Kernel, file: OpenFile): Routine {
  if (!(yield* file.refs.put())) return;
  yield* file.operations.release();
  yield* kernel.heap.free(file);
}

export interface ProcessOptions extends UserMemoryOptions {
  /**
   * A system call keeps the file that it works on. Default true; false is what a kernel may do only where
   * no other task can close the file meanwhile.
   */
  readonly callsKeepFiles?: boolean;
}

/** A process of user space: memory, and open files by descriptor number. */
export class UserProcess {
  readonly memory: UserMemory;
  readonly #kernel: Kernel;
  readonly #keeps: boolean;
  readonly #table: Resource;
  /** Undefined: reserved. */
  readonly #files = new Map<number, OpenFile | undefined>();

  constructor(kernel: Kernel, options: ProcessOptions = {}) {
    this.#kernel = kernel;
    this.#keeps = options.callsKeepFiles ?? true;
    this.memory = new UserMemory(kernel, options);
    this.#table = new Resource(kernel, "file descriptors");
  }

  /** Opens a file with one reference; ENOMEM. `install` gives it a number. */
  *open(name: string, operations: FileOperations): Routine<OpenFile | Errno> {
    const refs = new Refcount(this.#kernel, "refs");
    const file = yield* this.#kernel.heap.allocate<OpenFile>("file", { name, refs, operations });
    return file ?? new Errno("ENOMEM", `no memory for the file ${name}`);
  }

  /** memfd_create(2) with so many bytes, mapped into the process; ENOMEM. Its memory stays when it is closed. */
  *memfd(length: number): Routine<{ readonly fd: number; readonly memory: UserBuffer } | Errno> {
    const memory = this.memory.map(length);
    const file = yield* this.open("memfd", { memory, release: nothing });
    if (file instanceof Errno) return file;
    const fd = yield* this.reserve();
    yield* this.install(fd, file);
    return { fd, memory };
  }

  /** Takes the lowest descriptor that is free. */
  reserve(): Routine<number> {
    return this.#table.act("reserve one of", () => {
      let fd = 0;
      while (this.#files.has(fd)) fd += 1;
      this.#files.set(fd, undefined);
      return fd;
    });
  }

  /** Gives a reserved descriptor back. */
  unreserve(fd: number): Routine {
    return this.#table.act(`give ${fd} back to`, () => {
      this.#files.delete(fd);
    });
  }

  /** The descriptor owns the reference of the file from now on. */
  install(fd: number, file: OpenFile): Routine {
    return this.#table.act(`install ${fd} in`, () => {
      this.#files.set(fd, file);
    });
  }

  /** Descriptors of open files. */
  get openDescriptors(): readonly number[] {
    this.#kernel.touch(this.#table, "read");
    return [...this.#files].flatMap(([fd, file]) => (file === undefined ? [] : [fd]));
  }

  /** EBADF. */
  *close(fd: number): Routine<0 | Errno> {
    const file = yield* this.#table.act(`close ${fd} of`, () => {
      const found = this.#files.get(fd);
      if (found !== undefined) this.#files.delete(fd);
      return found;
    });
    if (file === undefined) return badDescriptor(fd);
    yield* putFile(this.#kernel, file);
    return 0;
  }

  /** read(2), or pread(2) with a position. */
  read(fd: number, address: bigint, count: number, position = 0n): Routine<number | Errno> {
    return this.#call(fd, ({ name, operations: { read } }) =>
      read === undefined ? cannot(name, "read") : read(address, count, position),
    );
  }

  /** write(2), or pwrite(2) with a position. */
  write(fd: number, address: bigint, count: number, position = 0n): Routine<number | Errno> {
    return this.#call(fd, ({ name, operations: { write } }) =>
      write === undefined ? cannot(name, "written") : write(address, count, position),
    );
  }

  /** poll(2) that does not wait: the events that are ready, of `POLL`. */
  poll(fd: number): Routine<number | Errno> {
    return this.#call(fd, ({ name, operations: { poll } }) =>
      poll === undefined ? cannot(name, "polled") : poll(),
    );
  }

  /** poll(2) that waits until one of `events` is ready. */
  pollWait(fd: number, events: number): Routine<number | Errno> {
    return this.#call(fd, ({ name, operations: { pollWait } }) =>
      pollWait === undefined ? cannot(name, "polled") : pollWait(events),
    );
  }

  /** ioctl(2) with a pointer as argument. */
  ioctl(fd: number, command: number, address: bigint): Routine<number | Errno> {
    return this.#call(fd, ({ name, operations: { ioctl } }) =>
      ioctl === undefined
        ? refuse(new Errno("ENOTTY", `${name} has no ioctl`))
        : ioctl(command, address),
    );
  }

  *#call(fd: number, body: (file: OpenFile) => Routine<number | Errno>): Routine<number | Errno> {
    const file = yield* this.get(fd);
    if (file instanceof Errno) return file;
    const result = yield* body(file);
    if (this.#keeps) yield* putFile(this.#kernel, file);
    return result;
  }

  /** The file of a descriptor with a reference, which `putFile` drops; EBADF. */
  *get(fd: number): Routine<OpenFile | Errno> {
    const look = () => {
      const found = this.#files.get(fd);
      if (this.#keeps) found?.refs.tryGet();
      return found;
    };
    const file = yield* this.#table.act(`look ${fd} up in`, look, { kind: "read" });
    return file ?? badDescriptor(fd);
  }
}

// eslint-disable-next-line require-yield -- its memory is the process's
function* nothing(): Routine {
  return;
}

function badDescriptor(fd: number): Errno {
  return new Errno("EBADF", `${fd} is no open descriptor`);
}

function cannot(name: string, what: string): Routine<Errno> {
  return refuse(new Errno("EINVAL", `${name} cannot be ${what}`));
}

// eslint-disable-next-line require-yield -- nothing is done
function* refuse(error: Errno): Routine<Errno> {
  return error;
}
