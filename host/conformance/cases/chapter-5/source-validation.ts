/**
 * SVT, SQ and SID (§9.9). The endpoints of a target are what they are: the entries differ, and the
 * requester stays.
 */
import type { Bench } from "../../bench/bench.js";
import type { InterruptTable } from "../../../tables/interrupt-table.js";
import { remappableMessage } from "../../../tables/interrupt-table.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { expectBlocked, expectDelivered, POSTING, REMAPPING, startRemapping } from "./remapping.js";
import { newDescriptor } from "./posted.js";

const TARGET = { destination: 2, vector: 0x51 };

/** Entry `index` with a source of its own; whether the first endpoint may use it. */
async function check(
  bench: Bench,
  table: InterruptTable,
  index: number,
  source: { readonly SVT: number; readonly SQ: number; readonly SID: number },
  allowed: boolean,
): Promise<void> {
  table.remapped(index, TARGET).set(source);
  const what = `SVT ${source.SVT}, SQ ${source.SQ}, SID 0x${source.SID.toString(16)}`;
  if (allowed) await expectDelivered(bench, what, remappableMessage(index), TARGET);
  else await expectBlocked(bench, 0x26, what, remappableMessage(index), { index });
}

/** Bits of a source-id that an SQ does not compare. */
const IGNORED = [
  { words: "all bits", mask: 0b000 },
  { words: "all bits but bit 2", mask: 0b100 },
  { words: "all bits but bits 2:1", mask: 0b110 },
  { words: "all bits but bits 2:0", mask: 0b111 },
];

const requester = casesOf("9.9", [
  {
    id: "svt-0-checks-nothing",
    title: "With SVT 00b every requester may use an entry, and SQ and SID are not looked at",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const other = bench.endpoint() ^ 0xffff;
      await check(bench, table, 1, { SVT: 0, SQ: 0, SID: other }, true);
      await check(bench, table, 2, { SVT: 0, SQ: 3, SID: other }, true);
    },
  },
  ...(IGNORED.map(({ words, mask }, SQ) => ({
    id: `sq-${SQ}`,
    title: `SQ ${SQ} compares ${words} of the requester with SID`,
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const own = bench.endpoint();
      await check(bench, table, 16, { SVT: 1, SQ, SID: own }, true);
      for (let bit = 0; bit < 16; bit++) {
        const SID = own ^ (1 << bit);
        await check(bench, table, bit, { SVT: 1, SQ, SID }, (mask >> bit) % 2 === 1);
      }
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "bus-range",
    title: "SVT 10b lets requesters of the buses SID 15:8 to 7:0 through, ends included",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const bus = bench.endpoint() >> 8;
      const above = Math.min(bus + 2, 255);
      const ranges: (readonly [number, number, boolean])[] = [
        [bus, bus, true],
        [0, bus, true],
        [bus, 255, true],
        [0, 255, true],
      ];
      if (bus > 0) ranges.push([0, bus - 1, false]);
      if (bus < 255) ranges.push([bus + 1, above, false]);
      // No bus lies between a first one and a smaller last one.
      if (bus > 0 && bus < 255) ranges.push([bus + 1, bus - 1, false]);
      for (const [index, [first, last, allowed]] of ranges.entries()) {
        const SID = (first << 8) | last;
        await check(bench, table, index, { SVT: 2, SQ: 0, SID }, allowed);
      }
    },
  },
  {
    id: "bus-range-ignores-sq",
    title: "SQ is not looked at with SVT 10b",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const bus = bench.endpoint() >> 8;
      for (const SQ of [1, 2, 3]) {
        await check(bench, table, SQ, { SVT: 2, SQ, SID: (bus << 8) | bus }, true);
        const other = bus ^ 4;
        await check(bench, table, SQ + 8, { SVT: 2, SQ, SID: (other << 8) | other }, false);
      }
    },
  },
  {
    id: "two-requesters",
    title: "An entry of one requester is not for another one, whichever came first",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const [own, other] = [bench.endpoint(0), bench.endpoint(1)];
      table.remapped(3, TARGET).set({ SVT: 1, SQ: 0, SID: own });
      const message = remappableMessage(3);
      await expectDelivered(bench, "its own", { ...message, sourceId: own }, TARGET);
      // The entry may be cached by now: the check is made all the same (§6.4).
      const foreign = { ...message, sourceId: other };
      await expectBlocked(bench, 0x26, "the other", foreign, { index: 3 });
      await expectDelivered(bench, "its own again", { ...message, sourceId: own }, TARGET);
    },
  },
]);

const checks = casesOf("5.1.4", [
  {
    id: "source-before-reserved-bits",
    title: "The source of an entry is checked before its reserved bits are (26h, not 24h)",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const entry = table.remapped(3, TARGET).setBits(12, 12, 1);
      entry.set({ SVT: 1, SQ: 0, SID: bench.endpoint() ^ 8 });
      await expectBlocked(bench, 0x26, "both are wrong", remappableMessage(3), { index: 3 });
    },
  },
  {
    id: "absent-before-source",
    title: "An entry that is not present is 22h, whatever its source fields say",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const entry = table.remapped(3, { ...TARGET, present: false });
      entry.set({ SVT: 1, SQ: 0, SID: bench.endpoint() ^ 8 });
      await expectBlocked(bench, 0x22, "not present", remappableMessage(3), { index: 3 });
    },
  },
]);

const posted = casesOf("9.10", [
  {
    id: "posted-source-checked",
    title: "SVT, SQ and SID of a posted entry are checked before anything is posted (26h)",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      table.posted(3, { vector: 0x90, descriptor: pid.entry.address });
      table.postedEntry(3).set({ SVT: 1, SQ: 0, SID: bench.endpoint() ^ 8 });
      await expectBlocked(bench, 0x26, "another source", remappableMessage(3), { index: 3 });
      const untouched = { PIR_0: 0, PIR_1: 0, PIR_2: 0, PIR_3: 0, ON: 0 };
      await bench.expect.entry("the descriptor", pid.entry, untouched);
    },
  },
]);

/** Cases of who may use an entry. */
export const sourceValidation: readonly ConformanceCase[] = [...requester, ...checks, ...posted];
