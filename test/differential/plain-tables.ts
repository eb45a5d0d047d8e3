import { lawful } from "./lawful.js";
import type { TableImage } from "./table-image.js";
import { build, DEVICES, type World } from "./world.js";

/** A world without oddities: every device may do everything, and has pages at 0 and 0x1000. */
function plainWorld(mode: World["mode"]): World {
  const page = { place: 0, output: 1, level: 1, count: 2, read: true, user: true } as const;
  const pages = [{ ...page, write: true, accessed: false, dirty: false, snoop: false }];
  const context = { fpd: false, dte: true, paside: true, pre: true, eptr: false } as const;
  const device: World["contexts"][number] = {
    ...context,
    ...{ ridPriv: false, deviceTlb: true },
    pdts: 0,
    ridPasid: 0,
    translationType: "second-stage",
  };
  const entry = { kind: "first-stage", table: 0, sre: true, wpe: false, eafe: false } as const;
  const pasid = { ...entry, ssade: false, pwsnp: true, pgsnp: false, fpd: false } as const;
  return {
    ...{ unit: 0, lawful: true, flush: false, ssirwe: false, mode },
    levels: { first: 4, second: 4 },
    firstPages: pages,
    secondPages: pages,
    contexts: [device, device, device],
    pasids: DEVICES.flatMap((_, index) => [
      { ...pasid, device: index, pasid: 0 as const },
      { ...pasid, device: index, pasid: 5 as const },
    ]),
    damages: [],
    requests: [],
  };
}

/** Values for RTADDR. */
export type Roots = Readonly<Record<"good" | "empty" | "abort" | "reserved", bigint>>;

/** Tables of a plain world in the image, and values for RTADDR: those tables, and what leads nowhere. */
export function plainTables(
  image: TableImage,
  values: Readonly<Record<string, number>>,
): { readonly roots: Roots } {
  const mode = values["SMTS"] === 1 ? "scalable" : "legacy";
  const { rootTableAddress: good } = build(lawful(plainWorld(mode), values), image);
  const empty = BigInt(image.frame("empty root table")) | (good & 0xc00n);
  return { roots: { good, empty, abort: good | 0xc00n, reserved: (good & ~0xc00n) | 0x800n } };
}
