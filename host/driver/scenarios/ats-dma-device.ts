import { invalidationRange } from "../../devices/dma-engine/device-tlb.js";
import { atsCapability } from "../../pci/ats-capability.js";
import { addCapabilities } from "../../pci/capability.js";
import { ConfigSpace } from "../../pci/config-space.js";
import type { DeviceTlbInvalidate } from "../../spec/requests.js";
import { Resource, type Access, type Routine } from "../kernel/index.js";
import type { ConfigAccess } from "../vtd/index.js";
import type { DmaInFlight } from "./dma-device.js";
import type { TableRun } from "./table-world.js";

export interface AtsDmaDeviceOptions {
  readonly name: string;
  readonly sourceId: number;
  /**
   * What it does wrong with invalidations: it answers while a write with a dropped translation is under way, or it
   * keeps what it was told to drop. Default: nothing.
   */
  readonly manners?: "answers-early" | "keeps-translations";
}

/** A translation that the device keeps: of one page of 4 KiB, for writing. */
interface Kept {
  readonly iova: bigint;
  readonly physical: bigint;
}

/** Invalidations that are answered when these writes have landed. */
interface Owed {
  readonly itag: number;
  readonly writes: Set<DmaInFlight>;
}

const PAGE = 0x1000n;

/** A device with ATS that writes: it asks for a translation, keeps it, and writes with it until it is told to forget it. */
export class AtsDmaDevice extends Resource {
  readonly sourceId: number;
  readonly bus: ConfigAccess;
  readonly #run: TableRun;
  readonly #manners: AtsDmaDeviceOptions["manners"];
  readonly #underWay = new Map<DmaInFlight, Kept>();
  #kept: readonly Kept[] = [];
  #owed: readonly Owed[] = [];

  constructor(run: TableRun, { name, sourceId, manners }: AtsDmaDeviceOptions) {
    super(run.kernel, name);
    this.sourceId = sourceId;
    this.#run = run;
    this.#manners = manners;
    const config = new ConfigSpace();
    config.define({ at: 0, size: 4, value: 0x0001_1234 });
    config.define({ at: 4, size: 2, value: 4, writable: 0x0407 });
    addCapabilities(config, [atsCapability(0x100)]);
    this.bus = config;
  }

  /** The first half of a write: the translation, from the device TLB or from the unit. Undefined if it is refused. */
  beginWrite(iova: bigint, also: readonly Access[] = []): Routine<DmaInFlight | undefined> {
    const { unit, walks } = this.#run;
    const begin = () => {
      const kept = this.#find(iova) ?? walks.during(this.name, () => this.#ask(iova));
      if (kept === undefined) return undefined;
      const flight = { iova, physical: kept.physical + (iova - kept.iova), token: 0 };
      this.#underWay.set(flight, kept);
      return flight;
    };
    const verb = `begin to write 0x${iova.toString(16)} by`;
    return this.act(verb, begin, { also: [...unit.cached, ...also] });
  }

  /** The second half: the data reaches memory. `land` is part of the step. */
  endWrite(flight: DmaInFlight, land: () => void, also: readonly Access[]): Routine {
    const { iommu, unit } = this.#run;
    const { sourceId } = this;
    return this.act(
      `end the write to 0x${flight.iova.toString(16)} by`,
      () => {
        const address = flight.physical;
        const { status } = iommu.translateTranslated({ sourceId, address, access: "write" });
        if (status === "ok") land();
        this.#underWay.delete(flight);
        for (const { writes } of this.#owed) writes.delete(flight);
        this.#answer();
      },
      { also: [...also, { object: unit.invalidations, kind: "write" }, ...unit.cached] },
    );
  }

  /** An invalidation request of the unit, inside the step that made it send it. */
  invalidate(request: DeviceTlbInvalidate): void {
    this.kernel.touch(this, "write");
    const { start, size } = invalidationRange(request);
    const meant = ({ iova }: Kept) => iova < start + size && iova + PAGE > start;
    const writes = new Set(
      [...this.#underWay].filter(([, kept]) => meant(kept)).map(([flight]) => flight),
    );
    if (this.#manners !== "keeps-translations") {
      this.#kept = this.#kept.filter((kept) => !meant(kept));
    }
    if (this.#manners !== undefined) writes.clear();
    this.#owed = [...this.#owed, { itag: request.itag, writes }];
    this.#answer();
  }

  #find(iova: bigint): Kept | undefined {
    return this.#kept.find((kept) => iova >= kept.iova && iova < kept.iova + PAGE);
  }

  #ask(iova: bigint): Kept | undefined {
    const { sourceId } = this;
    const address = iova & ~(PAGE - 1n);
    const answer = this.#run.iommu.requestTranslation({ sourceId, address });
    if (answer.status !== "ok" || !answer.write) return undefined;
    const inPage = BigInt(answer.pageSize) - 1n;
    const kept = { iova: address, physical: (answer.address & ~inPage) | (address & inPage) };
    this.#kept = [...this.#kept, kept];
    return kept;
  }

  #answer(): void {
    const done = this.#owed.filter(({ writes }) => writes.size === 0);
    this.#owed = this.#owed.filter(({ writes }) => writes.size > 0);
    for (const { itag } of done) {
      this.#run.iommu.completeInvalidation({ sourceId: this.sourceId, itag });
    }
  }
}
