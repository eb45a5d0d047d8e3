import type { Kernel, Routine } from "../kernel/index.js";
import {
  AttachTable,
  makeDevice,
  type Domain,
  type IopfDevice,
  type IopfHandler,
} from "./device.js";
import type { Fault, Result } from "./fault.js";
import type { Iopf } from "./iopf.js";
import { ResponseLedger, type LedgerOptions } from "./ledger.js";
import type { IopfQueue } from "./queue.js";

export interface AttachedDeviceOptions extends LedgerOptions {
  /** Default "device". */
  readonly name?: string;
  readonly pasid: number;
  readonly handler: IopfHandler;
}

/** A device whose page requests somebody handles: what most scenarios begin with. */
export interface AttachedDevice {
  readonly device: IopfDevice;
  readonly queue: IopfQueue;
  readonly attachments: AttachTable;
  /** The device's account: it breaks a rule when a response is lost, doubled, or of another group. */
  readonly pri: ResponseLedger;
  /** Adds the device to its queue and attaches the handler. ENOMEM: neither. */
  readonly start: () => Routine<Result>;
  /** The device sends a request, and its unit reports it. */
  readonly send: (fault: Fault) => Routine<Result>;
  /** Detaches the handler and takes the device out of its queue. */
  readonly stop: () => Routine;
}

export function attachedDevice(
  kernel: Kernel,
  iopf: Iopf,
  { name = "device", pasid, handler, ...options }: AttachedDeviceOptions,
): AttachedDevice {
  const attachments = new AttachTable(kernel);
  const pri = new ResponseLedger(kernel, name, options);
  const { heap } = kernel;
  const device = heap.keep(
    makeDevice(kernel, name, { group: { attachments }, pageResponse: pri.respond }),
  );
  const queue = heap.keep(iopf.makeQueue("iopfq"));
  const domain: Domain = { name: "domain", iopfHandler: handler };
  kernel.atEnd(() => {
    // What is still attached when a run is over is no leak.
    const param = device.faultParam.value;
    if (param !== undefined) heap.keep(param);
  });
  const handle = heap.keep(heap.make("attach_handle", { domain }));
  return {
    ...{ device, queue, attachments, pri },
    *start() {
      const result = yield* iopf.addDevice(queue, device);
      if (result === 0) yield* attachments.store(handle, pasid);
      return result;
    },
    *send(fault) {
      yield* pri.send(fault);
      return yield* iopf.report(device, fault);
    },
    *stop() {
      yield* attachments.erase(pasid);
      yield* iopf.removeDevice(queue, device);
    },
  };
}
