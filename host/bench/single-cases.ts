import { at } from "../core/layout.js";
import type { Iommu } from "../iommu.js";
import { GuestMemory } from "../memory/guest-memory.js";
import type { MemoryRequest, PageRequest } from "../spec/requests.js";
import { batchCases } from "./cases.js";
import { offsetOf, startedUnit } from "./unit-setup.js";
import { buildWorkload, type Workload } from "./workload.js";

/** Something that is measured through the public class, one call after the other. */
export interface SingleCase {
  readonly name: string;
  readonly title: string;
  /** Operations of one `run`. */
  readonly operations: number;
  readonly run: () => void;
  /** What has to happen after each `run`, and is not measured. */
  readonly restore?: () => void;
}

/** 2^(5+7) page requests of 32 bytes. */
const QUEUE_SIZE = 5;
const QUEUE_BYTES = 2 ** (QUEUE_SIZE + 12);
const PAGE_REQUESTS = 2048;

export const singleCaseNames = [
  "translate-words",
  "translate",
  "translate-batch",
  "register-read",
  "register-write",
  "page-request",
] as const;

/** The cases of the public class: a unit over GuestMemory, each request a hit of the IOTLB. */
export async function singleCases(): Promise<SingleCase[]> {
  const workload = buildWorkload(batchCases.find(({ name }) => name === "hit-any-way")!);
  const queue = Math.ceil(workload.ramBytes / QUEUE_BYTES) * QUEUE_BYTES;
  const memory = GuestMemory.create({ size: queue + QUEUE_BYTES });
  memory.writeBytes(0n, workload.ram);
  const iommu = await startedUnit({ memory }, workload.rootTableAddress);
  iommu.write64(offsetOf("PQA"), BigInt(queue) | BigInt(QUEUE_SIZE));
  return [
    ...translations(iommu, workload),
    registerRead(iommu),
    registerWrite(iommu),
    pageRequest(iommu, workload),
  ];
}

function translations(iommu: Iommu, workload: Workload): SingleCase[] {
  const batch = workload.batches[0]!.slice();
  const requests = requestsOf(batch);
  const words = new Int32Array(batch.buffer);
  const step = at("REQUEST_SIZE") / 4;
  const operations = requests.length;
  const expect = (translated: boolean) => {
    if (!translated) throw new Error("a request of the bench did not translate");
  };
  return [
    {
      name: "translate-words",
      title: "translateWords, and both halves of the answer",
      operations,
      run: () => {
        let high = 0;
        for (let at = 0; at < words.length; at += step) {
          const status = iommu.translateWords(
            words[at + 2]!,
            words[at + 3]!,
            words[at]!,
            words[at + 1]!,
            words[at + 4]!,
          );
          high += status + iommu.translatedHigh + (iommu.translatedLow & 0);
        }
        // Every output lies between 4 and 8 GiB.
        expect(high === operations);
      },
    },
    {
      name: "translate",
      title: "translate, with objects and BigInt",
      operations,
      run: () => {
        expect(requests.every((request) => iommu.translate(request).status === "ok"));
      },
    },
    {
      name: "translate-batch",
      title: "translateBatch of 4096 records, copied in and out",
      operations,
      run: () => {
        expect(iommu.translateBatch(batch) === 0);
      },
    },
  ];
}

function requestsOf(batch: Uint8Array): MemoryRequest[] {
  const view = new DataView(batch.buffer);
  return Array.from({ length: batch.length / at("REQUEST_SIZE") }, (_, index) => {
    const record = index * at("REQUEST_SIZE");
    const access = view.getUint32(record + at("REQUEST_ACCESS"), true);
    return {
      sourceId: view.getUint32(record + at("REQUEST_SOURCE_ID"), true),
      pasid: view.getUint32(record + at("REQUEST_PASID"), true),
      address: view.getBigUint64(record + at("REQUEST_ADDRESS"), true),
      access: (access & 1) === 0 ? "read" : "write",
      size: access >>> 16,
    };
  });
}

function registerRead(iommu: Iommu): SingleCase {
  const status = offsetOf("GSTS");
  const operations = 4096;
  return {
    name: "register-read",
    title: "read32 of the Global Status Register",
    operations,
    run: () => {
      let on = 0;
      for (let i = 0; i < operations; i++) on += iommu.read32(status) >>> 31;
      if (on !== operations) throw new Error("translation is not enabled");
    },
  };
}

function registerWrite(iommu: Iommu): SingleCase {
  const data = offsetOf("FEDATA");
  const operations = 4096;
  return {
    name: "register-write",
    title: "write32 of the Fault Event Data Register",
    operations,
    run: () => {
      for (let value = 0; value < operations; value++) iommu.write32(data, value);
      if (iommu.read32(data) !== operations - 1) throw new Error("a register was not written");
    },
  };
}

function pageRequest(iommu: Iommu, workload: Workload): SingleCase {
  const { sourceId, pasid, address } = requestsOf(workload.batches[0]!)[0]!;
  const request: PageRequest = {
    sourceId,
    ...(pasid !== undefined && { pasid }),
    address: address & ~0xfffn,
    read: true,
    write: true,
    last: true,
    group: 1,
  };
  return {
    name: "page-request",
    title: "requestPage, until its descriptor is in the queue",
    operations: PAGE_REQUESTS,
    run: () => {
      for (let i = 0; i < PAGE_REQUESTS; i++) {
        const { status } = iommu.requestPage(request);
        if (status !== "accepted") throw new Error(`a page request of the bench was ${status}`);
      }
    },
    restore: () => {
      iommu.write64(offsetOf("PQH"), iommu.read64(offsetOf("PQT")));
    },
  };
}
