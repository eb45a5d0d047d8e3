import type { Iopf } from "../iopf/index.js";
import type { Kernel } from "../kernel/index.js";
import type { CompatIoas } from "./compat-ioas.js";
import type { DirtyLedger } from "../page-table/index.js";
import type { CookieOptions } from "./cookies.js";
import type { OpenFile, UserProcess } from "./files.js";
import type { GroupTable } from "./group.js";
import type { ObjectTable } from "./objects.js";
import type { IommufdQuirks } from "./quirks.js";

/** Steps of detaching that can be left out, to see what they are good for. */
export type TeardownStep = "auto-response";

/** What commands set for the whole context. */
export interface Settings {
  /** IOMMU_OPTION_RLIMIT_MODE: 0 or 1. */
  rlimitMode: number;
}

/** What the parts of one open /dev/iommu share. */
export interface Context {
  /** As errors call it. */
  readonly name: string;
  readonly kernel: Kernel;
  readonly iopf: Iopf;
  readonly process: UserProcess;
  readonly objects: ObjectTable;
  readonly groups: GroupTable;
  readonly compat: CompatIoas;
  readonly quirks: IommufdQuirks;
  readonly cookies: CookieOptions;
  readonly without: ReadonlySet<TeardownStep>;
  /** Keeps account of the scans of a HWPT, if somebody wants it to. */
  readonly dirtyLedger: (hwptId: number) => DirtyLedger | undefined;
  /** /dev/iommu itself, where it was opened through the process. */
  readonly file: () => OpenFile | undefined;
  readonly settings: Settings;
  /** The process has CAP_SYS_RESOURCE. */
  readonly canRaiseLimits: boolean;
  /** To what a place is aligned at most that the kernel looks for. */
  readonly placeAlignment: bigint;
  /** Physical address of a user address, both the same by default; undefined: it cannot be pinned. */
  readonly pin: (address: bigint, length: bigint) => bigint | undefined;
}
