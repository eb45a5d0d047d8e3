/** The fault conditions of Table 15 that no other file of the chapter has, and their records. */
import { InterruptTable, remappableMessage } from "../../../tables/interrupt-table.js";
import { descriptor } from "../../bench/invalidation.js";
import { needsOfWorld } from "../../bench/world.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { bitRange } from "../bit-range.js";
import {
  EITHER_MODE,
  expectBlocked,
  expectDelivered,
  REMAPPING,
  startRemapping,
} from "./remapping.js";

const TARGET = { destination: 2, vector: 0x51 };
const COMPATIBILITY = { address: 0xfee0_7000n, data: 0x0045 };

const entries = casesOf("5.1.4.1", [
  {
    id: "entry-not-present",
    title: "An entry that is not present is 22h, with its index in FI",
    needs: REMAPPING,
    async steps(bench) {
      await startRemapping(bench);
      for (const index of [0, 1, 0x5a, 0xff]) {
        const what = `index ${index}`;
        await expectBlocked(bench, 0x22, what, remappableMessage(index), { index });
      }
    },
  },
  {
    id: "fpd-counts-in-absent-entries",
    title: "FPD of an entry that is not present keeps 22h out of the fault records",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(4, { ...TARGET, present: false, fpd: true });
      await expectBlocked(bench, 0x22, "FPD", remappableMessage(4), { recorded: false });
    },
  },
  {
    id: "table-cannot-be-read",
    title: "A table that cannot be read is 23h",
    needs: joined(REMAPPING, { abilities: ["poison"] }),
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(4, TARGET);
      await bench.poison(table.entry(4).address, 16);
      await expectBlocked(bench, 0x23, "poisoned", remappableMessage(4), { index: 4 });
      await bench.heal();
      if (bench.has("CM")) return;
      await expectDelivered(bench, "healed", remappableMessage(4), TARGET);
    },
  },
  {
    id: "fpd-does-not-count-where-nothing-was-read",
    title: "23h is recorded although the entry that could not be read has FPD",
    needs: joined(REMAPPING, { abilities: ["poison"] }),
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(4, { ...TARGET, fpd: true });
      await bench.poison(table.entry(4).address, 16);
      await expectBlocked(bench, 0x23, "poisoned", remappableMessage(4), { index: 4 });
    },
  },
  {
    id: "reserved-entry-bits",
    title: "Each reserved bit of a remapped entry is 24h",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      for (const bit of [...bitRange(12, 14), ...bitRange(24, 31), ...bitRange(84, 127)]) {
        table.remapped(bit, TARGET).setBits(bit, bit, 1);
        await expectBlocked(bench, 0x24, `bit ${bit}`, remappableMessage(bit), { index: bit });
      }
    },
  },
  {
    id: "reserved-entry-bits-do-not-count-when-absent",
    title: "Reserved bits of an entry that is not present are not looked at (22h)",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(4, { ...TARGET, present: false }).setBits(127, 127, 1);
      await expectBlocked(bench, 0x22, "not present", remappableMessage(4), { index: 4 });
    },
  },
  {
    id: "xapic-reserved-destination-bits",
    title: "Without EIME the destination bits but 47:40 are reserved (24h)",
    needs: EITHER_MODE,
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      for (const bit of [...bitRange(32, 39), ...bitRange(48, 63)]) {
        table.remapped(bit, TARGET).setBits(bit, bit, 1);
        await expectBlocked(bench, 0x24, `bit ${bit}`, remappableMessage(bit), { index: bit });
      }
    },
  },
  {
    id: "reserved-source-validation-type",
    title: "SVT 11b blocks an interrupt (24h or 26h)",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(4, TARGET).set({ SVT: 3, SQ: 0, SID: bench.endpoint() });
      await bench.endpoints.interrupt(remappableMessage(4));
      bench.expect.equal("interrupts", await bench.events.interrupts(), []);
      const [record] = await bench.faults.pending();
      const reason = Number(((record?.value ?? 0n) >> 96n) & 0xffn);
      // A reserved encoding: the manual does not say whether the check or the entry is at fault.
      bench.expect.that("FR is 24h or 26h", reason === 0x24 || reason === 0x26, reason);
    },
  },
  {
    id: "fpd-suppresses-entry-faults",
    title: "FPD of a present entry keeps 24h and 26h out of the fault records",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(4, { ...TARGET, fpd: true }).setBits(127, 127, 1);
      table.remapped(5, { ...TARGET, fpd: true }).set({
        ...{ SVT: 1, SQ: 0, SID: bench.endpoint() ^ 8 },
      });
      const silent = { recorded: false };
      await expectBlocked(bench, 0x24, "reserved bit", remappableMessage(4), silent);
      await expectBlocked(bench, 0x26, "another source", remappableMessage(5), silent);
      await expectBlocked(bench, 0x22, "no FPD", remappableMessage(6), { index: 6 });
    },
  },
  {
    id: "fpd-of-good-entries-changes-nothing",
    title: "FPD of an entry without fault does not keep its interrupts away",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(4, { ...TARGET, fpd: true });
      await expectDelivered(bench, "FPD", remappableMessage(4), TARGET);
    },
  },
]);

const notInterrupts = casesOf("5.1.4.1", [
  ...((
    [
      ["write-of-8-bytes", "A write of 8 bytes", { access: "write", length: 8, offset: 0n }],
      ["write-of-2-bytes", "A write of 2 bytes", { access: "write", length: 2, offset: 0n }],
      ["read", "A read of 4 bytes", { access: "read", length: 4, offset: 0n }],
    ] as const
  ).map(([id, words, { access, length, offset }]) => ({
    id: `interrupt-range-${id}`,
    title: `${words} at FEE0_0000h is blocked (29h)`,
    needs: joined(REMAPPING, needsOfWorld.legacy, { abilities: ["dma"] }),
    async steps(bench) {
      const address = 0xfee0_0000n + offset;
      await bench.start(bench.world("legacy").map(address, bench.page()));
      await startRemapping(bench);
      const answer = await bench.endpoints.dma({ address, access, length });
      bench.expect.equal("the request", answer.outcome, "blocked");
      bench.expect.equal("interrupts", await bench.events.interrupts(), []);
      const found = await bench.faults.pending();
      bench.expect.equal("number of fault records", found.length, 1);
      const expected = { FR: 0x29, SID: bench.endpoint() };
      for (const { value } of found) bench.expect.decoded("FRCD", "FRCD", value, expected);
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "interrupt-range-message-is-not-dma",
    title: "A DWORD write to FEEx_xxxxh is an interrupt, although the page is mapped",
    needs: joined(REMAPPING, needsOfWorld.legacy, { abilities: ["dma"] }),
    async steps(bench) {
      const page = bench.page();
      await bench.start(bench.world("legacy").map(0xfee0_0000n, page));
      const table = await startRemapping(bench);
      table.remapped(0, TARGET);
      const before = bench.memory.readBytes(page, 64);
      await expectDelivered(bench, "a message", remappableMessage(0), TARGET);
      await bench.expect.memory("the page", page, before);
    },
  },
]);

const required = casesOf("5.1.4", [
  {
    id: "eimer-blocks-without-eime",
    title: "With EIMER every interrupt is blocked while EIME is clear (2Ah)",
    needs: REMAPPING,
    with: { capabilities: { IR: 1, EIM: 1, EIMER: 1 } },
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      table.remapped(4, TARGET);
      await bench.commands.command("CFI");
      await expectBlocked(bench, 0x2a, "remappable", remappableMessage(4));
      await expectBlocked(bench, 0x2a, "compatibility format", COMPATIBILITY);
    },
  },
  {
    id: "eimer-works-with-eime",
    title: "With EIMER and EIME interrupts are remapped",
    needs: REMAPPING,
    with: { capabilities: { IR: 1, EIM: 1, EIMER: 1 } },
    async steps(bench) {
      const table = await startRemapping(bench, { extended: true });
      table.remapped(4, TARGET);
      await expectDelivered(bench, "remappable", remappableMessage(4), TARGET);
    },
  },
  {
    id: "irreq-blocks-while-remapping-is-off",
    title: "With IRREQ every interrupt is blocked while IRES is clear (2Bh)",
    needs: REMAPPING,
    with: { capabilities: { IR: 1, IRREQ: 1 } },
    async steps(bench) {
      await expectBlocked(bench, 0x2b, "compatibility format", COMPATIBILITY);
      await expectBlocked(bench, 0x2b, "remappable", remappableMessage(4));
      const table = await startRemapping(bench);
      table.remapped(4, TARGET);
      await expectDelivered(bench, "with IRES", remappableMessage(4), TARGET);
      await bench.commands.command("IRE", false);
      await expectBlocked(bench, 0x2b, "IRES off again", remappableMessage(4));
    },
  },
  {
    id: "without-irreq-nothing-is-blocked-while-off",
    title: "Without IRREQ interrupts pass again once remapping is disabled",
    needs: joined(REMAPPING, { capabilities: ["!EIMER"] }),
    with: { capabilities: { IR: 1, IRREQ: 0 } },
    async steps(bench) {
      await startRemapping(bench, { extended: false });
      await expectBlocked(bench, 0x25, "with IRES", COMPATIBILITY);
      await bench.commands.command("IRE", false);
      const expected = { destination: 7, vector: 0x45 };
      await expectDelivered(bench, "without IRES", COMPATIBILITY, expected);
    },
  },
]);

const records = casesOf("11.4.7.6", [
  {
    id: "interrupt-faults-of-two-requesters",
    title: "Interrupt faults of two requesters take a record each, with their source-ids",
    needs: joined(REMAPPING, {
      capabilities: [{ NFR: { words: "at least 1", holds: (n) => n > 0 } }],
    }),
    async steps(bench) {
      await startRemapping(bench);
      const [one, other] = [bench.endpoint(0), bench.endpoint(1)];
      await bench.endpoints.interrupt({ ...remappableMessage(4), sourceId: one });
      await bench.endpoints.interrupt({ ...remappableMessage(5), sourceId: other });
      const found = await bench.faults.pending();
      bench.expect.equal("number of fault records", found.length, 2);
      for (const [place, SID, index] of [
        [0, one, 4n],
        [1, other, 5n],
      ] as const) {
        const value = found[place]?.value ?? 0n;
        const expected = { FR: 0x22, SID, FI: index << 48n };
        bench.expect.decoded(`FRCD${place}`, "FRCD", value, expected);
      }
    },
  },
]);

const legacyQueue = casesOf("5.1.4", [
  {
    id: "remapping-beside-register-invalidation-units",
    title: "Remapping and its invalidation work with 128-bit descriptors too",
    needs: joined(REMAPPING, { capabilities: ["!SMTS"] }),
    with: { capabilities: { IR: 1 } },
    async steps(bench) {
      const { memory, frames } = bench;
      await bench.queue.start({ wide: false });
      const table = InterruptTable.create({ memory, frames });
      await bench.commands.setInterruptTable(table.tableAddress);
      await bench.queue.run(descriptor("IEC_INV"));
      await bench.commands.command("IRE");
      table.remapped(4, TARGET);
      await expectDelivered(bench, "before", remappableMessage(4), TARGET);
      table.remapped(4, { destination: 3, vector: 0x62 });
      await bench.queue.run(descriptor("IEC_INV", { G: 1, IIDX: 4 }));
      const changed = { destination: 3, vector: 0x62 };
      await expectDelivered(bench, "afterwards", remappableMessage(4), changed);
    },
  },
]);

/** Cases of the faults of interrupt remapping. */
export const interruptFaults: readonly ConformanceCase[] = [
  ...[...entries, ...notInterrupts, ...required, ...records, ...legacyQueue],
];
