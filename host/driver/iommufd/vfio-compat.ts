import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import type { Unmapped } from "./io-pagetable.js";
import { mapUserMemory, type Ioas } from "./ioas.js";
import { LAST, type IovaRange } from "./iova-space.js";
import type { Struct, StructField, StructValues } from "./struct.js";
import { compatIoas } from "./vfio-ioas.js";
import {
  VFIO_API_VERSION,
  VFIO_DMA_MAP,
  VFIO_DMA_UNMAP,
  VFIO_EXTENSION,
  VFIO_INFO,
  VFIO_INFO_CAP,
  vfioDmaMap,
  vfioDmaUnmap,
  vfioInfo,
  vfioInfoDmaAvail,
  vfioInfoIovaRange,
  vfioIovaRange,
} from "./vfio-uapi.js";

/** Commands of a VFIO container that /dev/iommu takes, as ioctl(2) does. */
export const VFIO = {
  GET_API_VERSION: 0x3b64,
  CHECK_EXTENSION: 0x3b65,
  SET_IOMMU: 0x3b66,
  IOMMU_GET_INFO: 0x3b70,
  IOMMU_MAP_DMA: 0x3b71,
  IOMMU_UNMAP_DMA: 0x3b72,
} as const;

/** vfio_iommu_type1_info as far as every caller knows it. */
const LEAST_INFO = 16;
/** Mappings that may be made yet: the kernel says that there is no limit. */
const NO_LIMIT = 2 ** 32 - 1;

/** iommufd_vfio_ioctl: `argument` is a number or an address. ENOTTY: no such command; ENODEV: no IOAS for VFIO. */
export function vfioIoctl(
  context: Context,
  number: number,
  argument: bigint,
): Routine<number | Errno> {
  switch (number) {
    case VFIO.GET_API_VERSION:
      return answer(VFIO_API_VERSION);
    case VFIO.CHECK_EXTENSION:
      return checkExtension(context, Number(argument));
    case VFIO.SET_IOMMU:
      return setIommu(context, Number(argument));
    case VFIO.IOMMU_GET_INFO:
      return getInfo(context, argument);
    case VFIO.IOMMU_MAP_DMA:
      return mapDma(context, argument);
    case VFIO.IOMMU_UNMAP_DMA:
      return unmapDma(context, argument);
    default:
      return answer(new Errno("ENOTTY", `0x${number.toString(16)} is no command`));
  }
}

// eslint-disable-next-line require-yield -- it is known at once
function* answer(value: number | Errno): Routine<number | Errno> {
  return value;
}

function* checkExtension(context: Context, extension: number): Routine<number | Errno> {
  switch (extension) {
    case VFIO_EXTENSION.TYPE1_IOMMU:
    case VFIO_EXTENSION.TYPE1v2_IOMMU:
    case VFIO_EXTENSION.UNMAP_ALL:
      return (yield* context.compat.isNoIommu()) ? 0 : 1;
    case VFIO_EXTENSION.DMA_CC_IOMMU:
      return yield* withIoas(context, (ioas) =>
        ioas.mutex.hold(() =>
          answer(ioas.hwpts.every(({ domain }) => domain.enforcesCoherency === true) ? 1 : 0),
        ),
      );
    default:
      return 0;
  }
}

/** TYPE1 lets parts of a mapping be unmapped, which is why it has no large pages. */
function* setIommu(context: Context, type: number): Routine<number | Errno> {
  const isKnown = type === VFIO_EXTENSION.TYPE1_IOMMU || type === VFIO_EXTENSION.TYPE1v2_IOMMU;
  if (!isKnown || (yield* context.compat.isNoIommu())) {
    return new Errno("EINVAL", `type ${type}: expected 1 (TYPE1) or 3 (TYPE1v2)`);
  }
  return yield* withIoas(context, ({ iopt }) =>
    type === VFIO_EXTENSION.TYPE1_IOMMU ? iopt.setLargePages(false) : answer(0),
  );
}

function* mapDma(context: Context, address: bigint): Routine<number | Errno> {
  const map = yield* copyIn(context, vfioDmaMap, address);
  if (map instanceof Errno) return map;
  const { argsz, flags, vaddr, iova, size } = map;
  const refused = refuses(argsz, vfioDmaMap.bytes, flags, VFIO_DMA_MAP.READ | VFIO_DMA_MAP.WRITE);
  if (refused !== undefined) return refused;
  const rights = {
    read: (flags & VFIO_DMA_MAP.READ) !== 0,
    write: (flags & VFIO_DMA_MAP.WRITE) !== 0,
  };
  return yield* withIoas(context, function* (ioas) {
    const mapped = yield* mapUserMemory(context, ioas, {
      address: vaddr,
      length: size,
      iova,
      rights,
    });
    return mapped instanceof Errno ? mapped : 0;
  });
}

function* unmapDma(context: Context, address: bigint): Routine<number | Errno> {
  const unmap = yield* copyIn(context, vfioDmaUnmap, address);
  if (unmap instanceof Errno) return unmap;
  const { argsz, flags, iova, size } = unmap;
  const refused = refuses(argsz, vfioDmaUnmap.bytes, flags, VFIO_DMA_UNMAP.ALL);
  if (refused !== undefined) return refused;
  return yield* withIoas(context, function* (ioas) {
    const all = (flags & VFIO_DMA_UNMAP.ALL) !== 0;
    if (all && (iova !== 0n || size !== 0n)) {
      return new Errno("EINVAL", "everything is to be unmapped, and a range too");
    }
    const done = yield* all
      ? ioas.iopt.unmap({ start: 0n, last: LAST })
      : unmapRange(ioas, iova, size);
    if (done instanceof Errno) return done;
    const { bytes, error } = done;
    const told = yield* context.process.memory.copyOut(
      address,
      vfioDmaUnmap.encode({ ...unmap, size: bytes }),
    );
    return told === 0 ? (error ?? 0) : told;
  });
}

function* unmapRange({ iopt }: Ioas, iova: bigint, size: bigint): Routine<Unmapped | Errno> {
  const last = iova + size - 1n;
  if (!iopt.hasLargePages) {
    const lasts = iova === 0n ? [last] : [last, iova - 1n];
    const cut = yield* iopt.cut(...lasts.map((each) => each & LAST));
    if (cut !== 0) return cut;
  }
  if (size === 0n) return { bytes: 0n, error: new Errno("EINVAL", "the size is 0") };
  if (last > LAST) return { bytes: 0n, error: new Errno("EOVERFLOW", "beyond 2^64") };
  return yield* iopt.unmap({ start: iova, last });
}

/** What there is room for is filled in; `argsz` says how much room everything takes. */
function* getInfo(context: Context, address: bigint): Routine<number | Errno> {
  const { memory } = context.process;
  const given = yield* memory.copyIn(address, LEAST_INFO);
  if (given instanceof Errno) return given;
  const argsz = new DataView(given.buffer).getUint32(0, true);
  if (argsz < LEAST_INFO) return new Errno("EINVAL", `argsz is ${argsz}: expected ${LEAST_INFO}`);
  return yield* withIoas(context, function* ({ iopt }) {
    const { pageSizes } = iopt;
    yield* iopt.iovaLock.downRead();
    let result: 0 | Errno = 0;
    for (const { offset, bytes } of infoPieces(iopt.ranges, pageSizes, argsz)) {
      if (result === 0) result = yield* memory.copyOut(address + BigInt(offset), bytes);
    }
    yield* iopt.iovaLock.upRead();
    return result;
  });
}

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What is copied of the answer, in Linux's order, if there is room for `argsz` bytes. */
function infoPieces(ranges: readonly IovaRange[], pageSizes: bigint, argsz: number): Piece[] {
  const availAt = vfioInfo.bytes;
  const rangesAt = availAt + wholeWords(vfioInfoDmaAvail.bytes);
  const header = vfioInfoIovaRange.bytes;
  const total = rangesAt + header + ranges.length * vfioIovaRange.bytes;
  const { DMA_AVAIL, IOVA_RANGE } = VFIO_INFO_CAP;
  const pieces: Piece[] = [];
  if (argsz >= availAt + vfioInfoDmaAvail.bytes) {
    const next = argsz >= rangesAt ? rangesAt : 0;
    const avail = { id: DMA_AVAIL, version: 1, next, avail: NO_LIMIT };
    pieces.push({ offset: availAt, bytes: vfioInfoDmaAvail.encode(avail) });
  }
  // A range that fits is filled in even if what it belongs to does not.
  for (const [at, { start, last }] of ranges.entries()) {
    const offset = rangesAt + header + at * vfioIovaRange.bytes;
    const bytes = vfioIovaRange.encode({ start, end: last });
    if (argsz >= offset + bytes.length) pieces.push({ offset, bytes });
  }
  if (argsz >= total) {
    const bytes = vfioInfoIovaRange.encode({ id: IOVA_RANGE, version: 1, nr_iovas: ranges.length });
    pieces.push({ offset: rangesAt, bytes });
  }
  const info = vfioInfo.encode({
    argsz: total,
    flags: VFIO_INFO.PGSIZES | VFIO_INFO.CAPS,
    iova_pgsizes: pageSizes,
    cap_offset: argsz >= total ? availAt : 0,
  });
  return [...pieces, { offset: 0, bytes: info.subarray(0, argsz) }];
}

function wholeWords(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

function refuses(argsz: number, least: number, flags: number, known: number): Errno | undefined {
  if (argsz >= least && (flags & ~known) === 0) return undefined;
  return new Errno("EINVAL", `argsz is ${argsz} (at least ${least}), flags are ${flags}`);
}

function* copyIn<F extends Record<string, StructField>>(
  { process }: Context,
  struct: Struct<F>,
  address: bigint,
): Routine<StructValues<F> | Errno> {
  const bytes = yield* process.memory.copyIn(address, struct.bytes);
  return bytes instanceof Errno ? bytes : struct.decode(bytes);
}

function* withIoas(
  context: Context,
  use: (ioas: Ioas) => Routine<number | Errno>,
): Routine<number | Errno> {
  const ioas = yield* compatIoas(context);
  if (ioas instanceof Errno) return ioas;
  const result = yield* use(ioas);
  yield* context.objects.put(ioas);
  return result;
}
