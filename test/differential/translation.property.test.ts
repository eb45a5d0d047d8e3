import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolveCapabilities } from "../../host/core/capabilities.js";
import { Iommu } from "../../host/iommu.js";
import { Oracle } from "../../host/oracle/index.js";
import {
  addressOf,
  build,
  DEVICES,
  MEMORY_SIZE,
  worldDraw,
  type DrawnRequest,
  type World,
} from "./world.js";

const GCMD = 0x18;
const RTADDR = 0x20;
const SRTP = 2 ** 30;
const TE = 2 ** 31;
const FSTS = 0x34;

const RUNS = Number(process.env["VIOMMU_RUNS"] ?? 200);
const TIME_LIMIT = 600_000;
const parameters = {
  numRuns: RUNS,
  ...(process.env["VIOMMU_PATH"] === undefined ? {} : { path: process.env["VIOMMU_PATH"] }),
};

/** What both say of a request, in the same words. */
type Said = Readonly<Record<string, unknown>>;

/** The fields that both implementations answer. */
function normal(result: object): Said {
  const { logged, fields, ...rest } = result as Record<string, unknown>;
  void logged;
  void fields;
  if (rest["condition"] === undefined) delete rest["condition"];
  return rest;
}

function ask(unit: Iommu | Oracle, request: DrawnRequest, levels: number): Said {
  const sourceId = DEVICES[request.device] ?? 0x0218;
  const address = addressOf(request, levels);
  const pasid = request.pasid ?? undefined;
  const { access, privileged, execute, noWrite, last } = request;
  const size = request.size === 0 && access !== "read" ? 8 : request.size;
  switch (request.kind) {
    case "translate":
      return normal(
        unit.translate({ sourceId, pasid, address, access, privileged, execute, size }),
      );
    case "translation-request":
      return normal(
        unit.requestTranslation({ sourceId, pasid, address, noWrite, privileged, execute }),
      );
    case "translated":
      return normal(unit.translateTranslated({ sourceId, pasid, address, access, size }));
    default: {
      const page = { sourceId, pasid, address, read: true, write: noWrite, last, group: 3 };
      const asked = { ...page, privileged, execute };
      return unit instanceof Oracle ? authorised(unit, asked) : requested(unit, asked);
    }
  }
}

type Page = Parameters<Oracle["authorisePageRequest"]>[0];

/** A page request by the oracle, which knows who may ask and leaves the queue to the unit. */
function authorised(oracle: Oracle, request: Page): Said {
  const said = oracle.authorisePageRequest(request);
  if (said.ok) return { status: "authorised" };
  if (said.condition === undefined) return { status: "dropped" };
  return { status: "refused", why: said.condition, record: said.record };
}

/** A page request by the unit: a queue of one page in a world without free frames is filled soon. */
function requested(iommu: Iommu, request: Page): Said {
  const said = iommu.requestPage(request);
  if (said.status === "accepted" || said.why === "PRO" || said.why === "queue-full") {
    return { status: "authorised" };
  }
  if (said.why === "PRS=0" || said.why === "translation-disabled") return { status: "dropped" };
  return { status: "refused", why: said.why, record: said.record };
}

/** Upper and lower halves of all fault recording registers, and the fault status. */
function faultRegisters(iommu: Iommu): readonly bigint[] {
  const first = Number((iommu.capabilities.cap >> 24n) & 0x3ffn) * 16;
  const count = Number((iommu.capabilities.cap >> 40n) & 0xffn) + 1;
  return Array.from({ length: 2 * count }, (_, index) => iommu.read64(first + 8 * index));
}

interface Both {
  readonly iommu: Iommu;
  readonly oracle: Oracle;
  readonly memories: readonly [Uint8Array, Uint8Array];
}

async function make(world: World, caches: "tiny" | "default"): Promise<Both | undefined> {
  let capabilities;
  try {
    capabilities = resolveCapabilities(world.capabilities);
  } catch {
    return undefined;
  }
  const [own, other] = [build(world, world.capabilities), build(world, world.capabilities)];
  const one = { context: 1, pasid: 1, iotlb: 1, firstStagePaging: 1, secondStagePaging: 1 };
  const iommu = await Iommu.create({
    ...world.capabilities,
    memory: own.memory,
    ...(caches === "tiny" && { caches: one }),
  });
  iommu.write64(RTADDR, own.rootTableAddress);
  iommu.write32(GCMD, SRTP);
  iommu.write32(GCMD, TE);
  const oracle = new Oracle({ ...capabilities, memory: other.memory });
  oracle.state = {
    translationEnabled: true,
    rootTableAddress: iommu.read64(RTADDR),
    interruptRemappingEnabled: false,
  };
  // The first page is the page request queue, which the oracle does not have.
  const bytes = (memory: typeof own.memory) => memory.readBytes(0x1000n, MEMORY_SIZE - 0x1000);
  return {
    iommu,
    oracle,
    get memories() {
      return [bytes(own.memory), bytes(other.memory)] as const;
    },
  };
}

function firstDifference(left: Uint8Array, right: Uint8Array): string | undefined {
  const difference = Buffer.compare(left, right);
  if (difference === 0) return undefined;
  const index = left.findIndex((byte, at) => byte !== right[at]);
  return `memory differs at 0x${(index + 0x1000).toString(16)}`;
}

async function agree(world: World, caches: "tiny" | "default", flush: boolean): Promise<void> {
  const both = await make(world, caches);
  if (both === undefined) return;
  const { iommu, oracle } = both;
  for (const [index, request] of world.requests.entries()) {
    // A new root pointer flushes every cache (ESRTPS), so that only memory decides.
    if (flush) iommu.write32(GCMD, TE + SRTP);
    const expected = ask(oracle, request, world.levels.first);
    const before = iommu.read32(FSTS);
    const actual = ask(iommu, request, world.levels.first);
    const steps = oracle.steps
      .map((step) =>
        JSON.stringify(step, (_, v: unknown) =>
          typeof v === "bigint" ? `0x${v.toString(16)}` : v,
        ),
      )
      .join("\n");
    expect(
      actual,
      `request ${index}, FSTS was ${before.toString(16)}; the oracle read\n${steps}`,
    ).toEqual(expected);
  }
  const [own, other] = both.memories;
  expect(firstDifference(own, other)).toBeUndefined();
  expect(faultRegisters(iommu)).toEqual(oracleRegisters(oracle));
}

/** The oracle's fault records in the form of the registers (§11.4.7.6). */
function oracleRegisters(oracle: Oracle): readonly bigint[] {
  const bit = (set: boolean, at: number) => (set ? 1n << BigInt(at - 64) : 0n);
  return oracle.faults.records.flatMap((fields) => {
    if (fields === undefined) return [0n, 0n];
    const high =
      BigInt(fields.sourceId) |
      bit(fields.t2, 92) |
      bit(fields.privileged, 93) |
      bit(fields.execute, 94) |
      bit(fields.pasidPresent, 95) |
      (BigInt(fields.reason) << 32n) |
      (BigInt(fields.pasid) << 40n) |
      (BigInt(fields.addressType) << 60n) |
      bit(fields.t1, 126) |
      bit(true, 127);
    return [fields.address, high];
  });
}

describe("the fast unit and the oracle", () => {
  it(
    "agree on every request, flag and fault record when caches are flushed before each",
    async () => {
      await fc.assert(
        fc.asyncProperty(worldDraw, (world) => agree(world, "default", true)),
        parameters,
      );
    },
    TIME_LIMIT,
  );
  it(
    "agree with caches of one entry over tables that do not change",
    async () => {
      await fc.assert(
        fc.asyncProperty(worldDraw, (world) => agree(world, "tiny", false)),
        parameters,
      );
    },
    TIME_LIMIT,
  );
  it(
    "agree with caches of the default size over tables that do not change",
    async () => {
      await fc.assert(
        fc.asyncProperty(worldDraw, (world) => agree(world, "default", false)),
        parameters,
      );
    },
    TIME_LIMIT,
  );
});
