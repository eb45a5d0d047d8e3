import {
  Kernel,
  makeTableWorld,
  PagingDomain,
  TableRun,
  type DmaDevice,
  type PagingDomainOptions,
  type Routine,
  type TableWorld,
  type UnitWorldOptions,
} from "viommu/driver";
import { complete } from "../vtd/complete.js";

const SOURCE_ID = 0x10;

/** A unit that has every page size and number of levels that both stages know. */
export function everyFormat(options: UnitWorldOptions = {}): Promise<TableWorld> {
  const { capabilities, ...rest } = options;
  return makeTableWorld({
    size: 2 ** 21,
    capabilities: { SAGAW: 14, MGAW: 56, SSLPS: 3, FS1GP: 1, FS5LP: 1, ...capabilities },
    ...rest,
  });
}

export interface AttachedDomain {
  readonly kernel: Kernel;
  readonly run: TableRun;
  readonly domain: PagingDomain;
  readonly device: DmaDevice;
  /** Runs a routine to its end. */
  readonly done: <T>(code: () => Routine<T>) => T;
  /** Detaches the domain and frees it. */
  readonly end: () => void;
}

/** A domain attached to a device that does DMA without PASID. */
export function attachedDomain(
  world: TableWorld,
  options: Pick<PagingDomainOptions, "format"> & Partial<PagingDomainOptions>,
): AttachedDomain {
  const kernel = new Kernel();
  const run = new TableRun(kernel, world, { reuseFrames: true });
  const domain = new PagingDomain({ name: "domain", domainId: 5, pages: run.pages, ...options });
  const device = run.plugDma({ name: "device", sourceId: SOURCE_ID });
  const attached = complete(kernel, () => run.attachTo(domain, device))!;
  const done = <T>(code: () => Routine<T>) => complete(kernel, code);
  return {
    ...{ kernel, run, domain, device, done },
    end: () => {
      done(() => run.detachFrom(attached));
      done(() => domain.free());
    },
  };
}
