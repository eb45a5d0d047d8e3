import {
  AbstractDevice,
  AbstractUnit,
  Errno,
  Iommufd,
  Iopf,
  Kernel,
  uapi,
  UserProcess,
  type AbstractDeviceOptions,
  type Fault,
  type IommufdOptions,
  type IopfOptions,
  type Routine,
  type UserBuffer,
} from "viommu/driver";

export interface WorldOptions extends Omit<IommufdOptions, "iopf" | "process"> {
  readonly iopf?: IopfOptions;
  readonly device?: AbstractDeviceOptions;
  /** Place where something fails. */
  readonly fail?: { readonly task: string; readonly nth: number };
  readonly copiesFail?: boolean;
}

export function fault(grpid: number, options: Partial<Fault> = {}): Fault {
  return { grpid, last: true, address: 0xdead_b000n, read: true, write: true, ...options };
}

/** An answer, or the error instead of it as "ENOENT 2". */
export function outcome<T>(result: T | Errno): T | string {
  return result instanceof Errno ? `${result.name} ${result.number}` : result;
}

/** An open /dev/iommu over an abstract unit with one device, which is bound. Warnings end no run. */
export function startIommufd(options: WorldOptions = {}) {
  const { behaviour } = options;
  const kernel = new Kernel({ fail: options.fail });
  kernel.panicOnWarning = false;
  const iopf = new Iopf(kernel, { ...(behaviour && { behaviour }), ...options.iopf });
  const process = new UserProcess(kernel, { copiesFail: options.copiesFail ?? false });
  const iommufd = new Iommufd(kernel, { ...options, iopf, process });
  const unit = new AbstractUnit(kernel, iopf);
  const device = new AbstractDevice(unit, options.device);

  /** Runs code to its end. */
  function run<T>(code: () => Routine<T>, name = "task"): T {
    let result: { value: T } | undefined;
    kernel.spawn(name, function* () {
      result = { value: yield* code() };
    });
    kernel.settle();
    if (result === undefined) throw new Error(`${name} has not come to its end`);
    return result.value;
  }
  /** Runs code that must succeed. */
  function ok<T>(code: () => Routine<T | Errno>, name = "task"): T {
    const result = run(code, name);
    if (result instanceof Errno) throw result;
    return result;
  }

  const fd = ok(() => iommufd.open(), "open");
  const idev = ok(() => iommufd.bind(device), "bind");
  const ioas = ok(() => iommufd.ioasAlloc(), "ioas").out_ioas_id;
  const queue = ok(() => iommufd.faultQueueAlloc(), "queue");
  const faults = { id: queue.out_fault_id, fd: queue.out_fault_fd };
  const { FAULT_ID_VALID } = uapi.HWPT_ALLOC;

  const hwpt = (flags = 0, more: object = {}, dev_id = idev.id) =>
    ok(() => iommufd.hwptAlloc({ dev_id, pt_id: ioas, flags, ...more })).out_hwpt_id;
  const faultable = (flags = 0, dev_id = idev.id) =>
    hwpt(FAULT_ID_VALID | flags, { fault_id: faults.id }, dev_id);

  /** The messages that a read of so many bytes answers, or the error. */
  function read(count = 4000): string | uapi.HwptPgfault[] {
    const buffer = process.memory.map(Math.max(count, 1));
    const result = run(() => process.read(faults.fd, buffer.address, count), "reader");
    if (result instanceof Errno) return outcome(result) as string;
    return messages(buffer, result);
  }
  function messages(buffer: UserBuffer, bytes: number): uapi.HwptPgfault[] {
    const size = uapi.hwptPgfault.bytes;
    return Array.from({ length: bytes / size }, (_, n) =>
      uapi.hwptPgfault.decode(buffer.bytes.subarray(n * size, (n + 1) * size)),
    );
  }
  /** Writes answers: pairs of cookie and code. */
  function write(...answers: (readonly [cookie: number, code: number])[]): number | string {
    const bytes = answers.flatMap(([cookie, code]) => [
      ...uapi.hwptPageResponse.encode({ cookie, code }),
    ]);
    const buffer = process.memory.map(Uint8Array.from(bytes));
    return outcome(run(() => process.write(faults.fd, buffer.address, bytes.length), "writer"));
  }
  const poll = () => run(() => process.poll(faults.fd));
  /** The device sends these requests. */
  const send = (...requests: Fault[]) => {
    for (const each of requests) run(() => device.request(each), "device");
  };
  /** Responses that the device got. */
  const responses = () => device.pri.received.map((each) => [each.fault.grpid, each.code]);
  return {
    ...{ kernel, iopf, process, iommufd, unit, device, idev, ioas, faults, fd },
    ...{ run, ok, hwpt, faultable, read, messages, write, poll, send, responses },
  };
}
