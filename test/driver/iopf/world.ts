import {
  AttachTable,
  Iopf,
  Kernel,
  makeDevice,
  ResponseLedger,
  type Domain,
  type Fault,
  type Group,
  type IopfOptions,
  type Result,
  type Routine,
} from "viommu/driver";

export interface WorldOptions extends IopfOptions {
  /** The device is in the queue. Default true. */
  readonly queued?: boolean;
  /** What the handler answers. Default true. */
  readonly accepts?: boolean;
  /** Place where something fails. */
  readonly fail?: { readonly task: string; readonly nth: number };
}

export function fault(grpid: number, options: Partial<Fault> = {}): Fault {
  return { pasid: 5, grpid, last: true, address: 0x1000n, read: true, write: false, ...options };
}

/** A device with a handler at PASID 5 that keeps its groups, and no rule that ends a run at a warning. */
export function startIopf(options: WorldOptions = {}) {
  const kernel = new Kernel({ fail: options.fail });
  kernel.panicOnWarning = false;
  const iopf = new Iopf(kernel, options);
  const attachments = new AttachTable(kernel);
  const pri = new ResponseLedger(kernel, "device", { answersPartials: true });
  const device = makeDevice(kernel, "device", {
    group: { attachments },
    pageResponse: pri.respond,
  });
  const queue = iopf.makeQueue("iopfq");
  const groups: Group[] = [];
  const domain: Domain = {
    name: "domain",
    // eslint-disable-next-line require-yield -- it only takes the group
    *iopfHandler(group) {
      if (options.accepts === false) return false;
      groups.push(group);
      return true;
    },
  };
  const handle = kernel.heap.make("attach_handle", { domain });
  const mute = kernel.heap.make("attach_handle", { domain: { name: "no handler" } });

  /** Runs code to its end. */
  function run<T>(code: () => Routine<T>, name = "task"): T {
    let result!: T;
    kernel.spawn(name, function* () {
      result = yield* code();
    });
    kernel.settle();
    return result;
  }
  run(function* () {
    if (options.queued !== false) yield* iopf.addDevice(queue, device);
    yield* attachments.store(handle, 5);
    yield* attachments.store(mute, 6);
  }, "setup");
  const report = (each: Fault): Result =>
    run(function* () {
      yield* pri.send(each);
      return yield* iopf.report(device, each);
    }, "reporter");
  const responses = () => pri.received.map((each) => [each.fault.grpid, each.code]);
  return { kernel, iopf, attachments, pri, device, queue, groups, handle, run, report, responses };
}
