import type { AccessInFlight, IommuPort } from "../../host/pci/iommu-port.js";
import type {
  Completion,
  InterruptRequest,
  MemoryRequest,
  PageRequest,
  PageRequestResult,
  RemapInterruptResult,
  TranslatedRequest,
  TranslateResult,
  TranslationRequest,
  TranslationResult,
} from "../../host/spec/requests.js";

export interface FakeMapping {
  readonly pasid?: number;
  readonly iova: bigint;
  readonly to: bigint;
  readonly read?: boolean;
  readonly write?: boolean;
  readonly execute?: boolean;
  readonly global?: boolean;
  readonly untranslatedOnly?: boolean;
  /** Bytes; default 4096. */
  readonly size?: number;
}

/**
 * A hand-written remapping unit with a table of mappings by PASID. It records what it is asked,
 * and answers page requests only when a test tells it to.
 */
export class FakeUnit implements IommuPort {
  readonly mappings: FakeMapping[] = [];
  readonly requests: MemoryRequest[] = [];
  readonly translationRequests: TranslationRequest[] = [];
  readonly translatedRequests: TranslatedRequest[] = [];
  readonly pageRequests: PageRequest[] = [];
  readonly interruptRequests: InterruptRequest[] = [];
  readonly completions: { sourceId: number; itag: number }[] = [];
  readonly inFlight = new Set<number>();
  /** Makes every translation request fail. */
  refuseTranslations: "UR" | "CA" | undefined;
  /** How requests without mapping end. */
  completion: Completion = "UR";
  /** Called for each page request, after it was recorded. */
  onPageRequest: (request: PageRequest) => void = () => undefined;
  /** How interrupt requests end; as they are unless a test says otherwise. */
  onInterrupt: (request: InterruptRequest) => RemapInterruptResult = ({ address, data }) => {
    return { status: "ok", address, data, remapped: false };
  };
  #nextToken = 1;

  map(mapping: FakeMapping): void {
    this.mappings.push(mapping);
  }

  /** Removes the mappings that contain the address. */
  unmap(iova: bigint): void {
    const kept = this.mappings.filter((mapping) => !contains(mapping, iova));
    this.mappings.splice(0, this.mappings.length, ...kept);
  }

  translate(request: MemoryRequest): TranslateResult {
    this.requests.push(request);
    const { address, access, pasid } = request;
    if (pasid === undefined && address >> 20n === 0xfeen) return { status: "interrupt", address };
    const found = this.#find(pasid, address);
    const read = found?.read ?? true;
    const write = found?.write ?? true;
    const wants = { read: access !== "write", write: access !== "read" };
    if (!found || (wants.read && !read) || (wants.write && !write)) {
      const { completion } = this;
      return { status: "fault", condition: "T", reason: 1, completion, record: "recorded" };
    }
    const permissions = { read, write };
    return {
      status: "ok",
      address: found.to + (address - found.iova),
      pageSize: 4096,
      permissions,
    };
  }

  beginAccess(request: MemoryRequest): AccessInFlight {
    const token = this.#nextToken++;
    this.inFlight.add(token);
    return { result: this.translate(request), token };
  }

  endAccess(token: number): void {
    if (!this.inFlight.delete(token)) throw new Error(`token ${token} is not in flight`);
  }

  requestTranslation(request: TranslationRequest): TranslationResult {
    this.translationRequests.push(request);
    if (this.refuseTranslations) return { status: "blocked", completion: this.refuseTranslations };
    const found = this.#find(request.pasid, request.address);
    const size = found?.size ?? 4096;
    return {
      status: "ok",
      read: found !== undefined && (found.read ?? true),
      write: found !== undefined && (found.write ?? true),
      untranslatedOnly: found?.untranslatedOnly ?? false,
      noSnoop: false,
      sizeBit: size > 4096,
      privileged: request.privileged ?? false,
      execute: found?.execute ?? false,
      global: found?.global ?? false,
      address: found ? found.to + ((request.address - found.iova) & ~BigInt(size - 1)) : 0n,
      pageSize: size,
    };
  }

  translateTranslated(request: TranslatedRequest): TranslateResult {
    this.translatedRequests.push(request);
    const { address } = request;
    const permissions = { read: true, write: true };
    return { status: "ok", address, pageSize: 4096, permissions };
  }

  requestPage(request: PageRequest): PageRequestResult {
    this.pageRequests.push(request);
    this.onPageRequest(request);
    return { status: "accepted" };
  }

  remapInterrupt(request: InterruptRequest): RemapInterruptResult {
    this.interruptRequests.push(request);
    return this.onInterrupt(request);
  }

  completeInvalidation(completion: { sourceId: number; itag: number }): void {
    this.completions.push(completion);
  }

  #find(pasid: number | undefined, address: bigint): FakeMapping | undefined {
    return this.mappings.find((each) => each.pasid === pasid && contains(each, address));
  }
}

function contains(mapping: FakeMapping, iova: bigint): boolean {
  return iova >= mapping.iova && iova < mapping.iova + BigInt(mapping.size ?? 4096);
}
