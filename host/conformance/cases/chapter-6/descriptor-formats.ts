/** Table 26, and the reserved fields of each descriptor (§6.5.2.1 to §6.5.2.9, §7.6.1). */
import { descriptor } from "../../bench/invalidation.js";
import { casesOf, type CaseNeeds, type ConformanceCase } from "../../case.js";
import { joined, type CapabilityNeed } from "../../needs.js";
import { bitRange } from "../bit-range.js";
import { expectRefused, expectStopped, IQEI, setTableMode, withBit } from "./queue-error.js";

const [LEGACY, SCALABLE, RESERVED, ABORT] = [0, 1, 2, 3];
/** "Invalid descriptor" without saying whether the type or a field is: both do. */
const INVALID = [IQEI.type, IQEI.reserved];

interface Format {
  readonly name: string;
  readonly section: string;
  readonly slug: string;
  readonly needs: readonly CapabilityNeed[];
  readonly fields: Readonly<Record<string, number>>;
  /** Reserved bits below bit 128. */
  readonly reserved: readonly number[];
  /** Reserved where ECAP.DIT is clear. */
  readonly throttling?: readonly number[];
  /** Granularities that the manual reserves. */
  readonly granularities?: readonly number[];
  readonly only256?: true;
}

const PFSID = [...bitRange(12, 15), ...bitRange(52, 63)];

const formats: readonly Format[] = [
  {
    name: "CC_INV",
    section: "6.5.2.1",
    slug: "context-cache",
    needs: [],
    fields: { G: 1 },
    reserved: [...bitRange(6, 8), ...bitRange(12, 15), ...bitRange(50, 127)],
    granularities: [0],
  },
  {
    name: "PASID_CACHE_INV",
    section: "6.5.2.2",
    slug: "pasid-cache",
    needs: ["SMTS"],
    fields: { G: 3 },
    reserved: [...bitRange(6, 8), ...bitRange(12, 15), ...bitRange(52, 127)],
    granularities: [2],
    only256: true,
  },
  {
    name: "IOTLB_INV",
    section: "6.5.2.3",
    slug: "iotlb",
    needs: [],
    fields: { G: 1 },
    reserved: [8, ...bitRange(12, 15), ...bitRange(32, 63), ...bitRange(71, 75)],
    granularities: [0],
  },
  {
    name: "PASID_IOTLB_INV",
    section: "6.5.2.4",
    slug: "pasid-iotlb",
    needs: ["SMTS"],
    fields: { G: 2, DID: 1 },
    reserved: [...bitRange(6, 8), ...bitRange(12, 15), ...bitRange(52, 63), ...bitRange(71, 75)],
    granularities: [0, 1],
    only256: true,
  },
  {
    name: "DEV_TLB_INV",
    section: "6.5.2.5",
    slug: "device-tlb",
    needs: ["DT"],
    fields: {},
    reserved: [...bitRange(4, 8), ...bitRange(21, 31), ...bitRange(48, 51), ...bitRange(65, 75)],
    throttling: PFSID,
  },
  {
    name: "PASID_DEV_TLB_INV",
    section: "6.5.2.6",
    slug: "pasid-device-tlb",
    needs: ["SMTS", "DT"],
    fields: {},
    reserved: bitRange(65, 74),
    throttling: PFSID,
    only256: true,
  },
  {
    name: "IEC_INV",
    section: "6.5.2.8",
    slug: "interrupt-entry-cache",
    needs: ["IR"],
    fields: {},
    reserved: [...bitRange(5, 8), ...bitRange(12, 26), ...bitRange(48, 127)],
  },
  {
    name: "WAIT",
    section: "6.5.2.9",
    slug: "wait",
    needs: [],
    fields: {},
    reserved: [8, ...bitRange(12, 31), 64, 65],
  },
  {
    name: "PAGE_GROUP_RESPONSE",
    section: "7.6.1",
    slug: "page-group-response",
    needs: ["SMTS", "PRS"],
    fields: {},
    reserved: [...bitRange(5, 8), ...bitRange(52, 63), ...bitRange(76, 127)],
    only256: true,
  },
];

const needsOf = ({ needs, only256 }: Format): CaseNeeds => ({
  capabilities: ["QI", ...needs, ...(only256 ? ["SMTS"] : [])],
});

const reserved = formats.flatMap((format) =>
  casesOf(format.section, [
    {
      id: `reserved-bits-of-${format.slug}`,
      title: `Each reserved bit of the ${format.slug} descriptor is a violation (IQEI 4)`,
      needs: needsOf(format),
      async steps(bench) {
        if (format.only256 === true) await setTableMode(bench, SCALABLE);
        await bench.queue.start();
        const good = descriptor(format.name, format.fields);
        const throttles = format.throttling !== undefined && !bench.has("DIT");
        for (const bit of [...format.reserved, ...(throttles ? format.throttling : [])]) {
          await expectRefused(bench, `bit ${bit}`, IQEI.reserved, withBit(good, bit));
        }
      },
    },
    ...(format.granularities === undefined
      ? []
      : [
          {
            id: `reserved-granularity-of-${format.slug}`,
            title: `A reserved granularity of the ${format.slug} descriptor is invalid`,
            needs: needsOf(format),
            async steps(bench) {
              if (format.only256 === true) await setTableMode(bench, SCALABLE);
              await bench.queue.start();
              for (const G of format.granularities ?? []) {
                const words = descriptor(format.name, { ...format.fields, G });
                await expectRefused(bench, `G = ${G}`, INVALID, words);
              }
            },
          } satisfies Parameters<typeof casesOf>[1][number],
        ]),
    format.only256 === true
      ? {
          id: `upper-half-of-${format.slug}`,
          title: `Bits 255:128 of the ${format.slug} descriptor are reserved (IQEI 4)`,
          needs: needsOf(format),
          async steps(bench) {
            await setTableMode(bench, SCALABLE);
            await bench.queue.start({ wide: true });
            const good = descriptor(format.name, format.fields);
            for (const bit of [128, 129, 159, 160, 191, 192, 223, 224, 255]) {
              await expectRefused(bench, `bit ${bit}`, IQEI.reserved, withBit(good, bit));
            }
          },
        }
      : {
          id: `padding-of-${format.slug}`,
          title: `In a queue of 256-bit descriptors the ${format.slug} descriptor is padded with zeros`,
          needs: joined(needsOf(format), { capabilities: ["SMTS"] }),
          async steps(bench) {
            await bench.queue.start({ wide: true });
            const good = descriptor(format.name, format.fields);
            for (const bit of [128, 129, 159, 160, 191, 192, 223, 224, 255]) {
              await expectRefused(bench, `bit ${bit}`, INVALID, withBit(good, bit));
            }
          },
        },
  ]),
);

const gated = [
  ...casesOf("6.5.2.5", [
    {
      id: "device-tlb-without-dt",
      title: "Without ECAP.DT a device-TLB invalidation is an invalid type",
      needs: { capabilities: ["QI"] },
      with: { capabilities: { DT: 0, PRS: 0, SMS: 0, DIT: 0, PDS: 0, NWFS: 0, PTRS: 0 } },
      async steps(bench) {
        await bench.queue.start();
        await expectRefused(bench, "type 3", IQEI.type, descriptor("DEV_TLB_INV"));
        await bench.expect.register("FSTS", { ICE: 0, ITE: 0 });
      },
    },
  ]),
  ...casesOf("6.5.2.7", [
    {
      id: "hpt-cache-without-hpts",
      title: "Without ECAP.HPTS an HPT cache invalidation is an invalid type",
      needs: { capabilities: ["QI", "SMTS", "!HPTS"] },
      async steps(bench) {
        await setTableMode(bench, SCALABLE);
        await bench.queue.start();
        await expectRefused(bench, "type Ah", IQEI.type, descriptor("HPT_CACHE_INV", { G: 1 }));
      },
    },
  ]),
  ...casesOf("6.5.2.3", [
    {
      id: "page-selective-without-psi",
      title: "Without CAP.PSI a page-selective IOTLB invalidation is invalid",
      needs: { capabilities: ["QI"] },
      with: { capabilities: { PSI: 0, MAMV: 0 } },
      async steps(bench) {
        await bench.queue.start();
        const words = descriptor("IOTLB_INV", { G: 3, DID: 1 });
        await expectRefused(bench, "G = 3", INVALID, words);
      },
    },
  ]),
  ...casesOf("6.5.2.9", [
    {
      id: "page-drain-without-pds",
      title: "Without ECAP.PDS the page-request drain flag is reserved",
      needs: { capabilities: ["QI"] },
      with: { capabilities: { PDS: 0 } },
      async steps(bench) {
        await bench.queue.start();
        await expectRefused(bench, "PD", IQEI.reserved, descriptor("WAIT", { PD: 1 }));
      },
    },
  ]),
];

/** Names of the types that a unit with these capabilities executes, by Table 26. */
const always = ["CC_INV", "IOTLB_INV", "WAIT"];
const alwaysWide = ["PASID_CACHE_INV", "PASID_IOTLB_INV"];

const table26 = casesOf("6.5.2.11", [
  {
    id: "table-26-legacy-128",
    title: "In legacy mode with 128-bit descriptors types 1 to 5 are valid, and no others",
    needs: { capabilities: ["QI"] },
    async steps(bench) {
      await setTableMode(bench, LEGACY);
      await bench.queue.start({ wide: false });
      await bench.queue.run(...always.map((name) => descriptor(name, fieldsOf(name))));
      if (bench.has("IR")) await bench.queue.run(descriptor("IEC_INV"));
      for (let type = 0; type < 128; type++) {
        if (type >= 1 && type <= 5) continue;
        await expectRefused(bench, `type 0x${type.toString(16)}`, IQEI.type, ofType(type));
      }
    },
  },
  {
    id: "table-26-legacy-256",
    title: "In legacy mode with 256-bit descriptors types 1 to 5 are valid, and no others",
    needs: { capabilities: ["QI", "SMTS"] },
    async steps(bench) {
      await setTableMode(bench, LEGACY);
      await bench.queue.start({ wide: true });
      await bench.queue.run(...always.map((name) => descriptor(name, fieldsOf(name))));
      if (bench.has("IR")) await bench.queue.run(descriptor("IEC_INV"));
      for (let type = 0; type < 16; type++) {
        if (type >= 1 && type <= 5) continue;
        await expectRefused(bench, `type 0x${type.toString(16)}`, IQEI.type, ofType(type));
      }
    },
  },
  ...(
    [
      [SCALABLE, "scalable", "scalable mode", "SMTS"],
      [ABORT, "abort", "abort-DMA mode", "ADMS"],
    ] as const
  ).flatMap(([mode, slug, words, capability]) => [
    {
      id: `table-26-${slug}-256`,
      title: `In ${words} with 256-bit descriptors types 1 to 9 are valid, and none above Ah`,
      needs: { capabilities: ["QI", "SMTS", capability] },
      async steps(bench) {
        await setTableMode(bench, mode);
        await bench.queue.start({ wide: true });
        const names = [...always, ...alwaysWide];
        await bench.queue.run(...names.map((name) => descriptor(name, fieldsOf(name))));
        if (bench.has("IR")) await bench.queue.run(descriptor("IEC_INV"));
        for (const type of [0, ...bitRange(0xb, 0x1f), 0x2f, 0x41, 0x7f]) {
          await expectRefused(bench, `type 0x${type.toString(16)}`, IQEI.type, ofType(type));
        }
      },
    } satisfies Parameters<typeof casesOf>[1][number],
    {
      id: `table-26-${slug}-128`,
      title: `In ${words} descriptors of 128 bits are of an invalid width (IQEI 5)`,
      needs: { capabilities: ["QI", capability] },
      async steps(bench) {
        await setTableMode(bench, mode);
        await bench.queue.start({ wide: false });
        await bench.queue.submit(descriptor("WAIT"));
        await expectStopped(bench, "128 bits", IQEI.width, 0);
      },
    } satisfies Parameters<typeof casesOf>[1][number],
  ]),
  {
    id: "table-26-reserved-mode",
    title: "In the reserved table mode no descriptor is valid (IQEI 7)",
    needs: { capabilities: ["QI"] },
    async steps(bench) {
      await setTableMode(bench, RESERVED);
      await bench.queue.start();
      await bench.queue.submit(descriptor("WAIT"));
      await expectStopped(bench, "TTM = 10b", IQEI.tableMode, 0);
      // In a mode that there is, the same queue goes on.
      await setTableMode(bench, LEGACY);
      await bench.registers.write("FSTS", { IQE: 1 });
      await bench.queue.run();
      await bench.expect.register("FSTS", { IQE: 0 }, "in legacy mode");
    },
  },
]);

function fieldsOf(name: string): Readonly<Record<string, number>> {
  return formats.find((format) => format.name === name)?.fields ?? {};
}

/** A descriptor with nothing but a type of 7 bits. */
function ofType(type: number): bigint[] {
  return [BigInt((type & 0xf) | ((type >> 4) << 9)), 0n, 0n, 0n];
}

/** Cases of what a descriptor may look like. */
export const descriptorFormats: readonly ConformanceCase[] = [...reserved, ...gated, ...table26];
