/** Which entry an interrupt request names: both formats of §5.1.2, and the index of §5.1.3. */
import { descriptor } from "../../bench/invalidation.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { remappableMessage } from "../../../tables/interrupt-table.js";
import {
  EITHER_MODE,
  expectBlocked,
  expectDelivered,
  newTable,
  REMAPPING,
  startRemapping,
  useTable,
} from "./remapping.js";

const COMPATIBILITY = { address: 0xfee0_7000n, data: 0x0045 };
const SUBHANDLE_VALID = 8n;

const compatibility = casesOf("5.1.2.1", [
  {
    id: "unchanged-while-remapping-is-off",
    title: "Without IRES an interrupt of either format passes as it is",
    needs: joined(REMAPPING, { capabilities: ["!IRREQ"] }),
    async steps(bench) {
      const table = newTable(bench);
      table.remapped(5, { destination: 3, vector: 0x61 });
      await bench.queue.start();
      await useTable(bench, table);
      for (const message of [COMPATIBILITY, { address: 0xfee0_10b0n, data: 0x0033 }]) {
        await bench.endpoints.interrupt(message);
        const seen = (await bench.events.interrupts()).map(({ address, data }) => ({
          address,
          data: data & 0xffff,
        }));
        bench.expect.equal("the interrupt", seen, [message]);
      }
      await bench.expectFault.none();
    },
  },
  {
    id: "passes-with-cfis",
    title: "With CFIS and without EIME a compatibility format interrupt bypasses the table",
    needs: joined(REMAPPING, { capabilities: ["!EIMER"] }),
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      await bench.commands.command("CFI");
      // The entry of handle 0, which a compatibility format message must not meet.
      table.remapped(0, { destination: 9, vector: 0x99 });
      const expected = { destination: 7, vector: 0x45 };
      await expectDelivered(bench, "compatibility format", COMPATIBILITY, expected);
    },
  },
  {
    id: "attributes-pass-with-cfis",
    title: "A compatibility format interrupt keeps its RH, DM, delivery and trigger mode",
    needs: joined(REMAPPING, { capabilities: ["!EIMER"] }),
    async steps(bench) {
      await startRemapping(bench, { extended: false });
      await bench.commands.command("CFI");
      const message = { address: 0xfee0_300cn, data: 0xc171 };
      const attributes = { logical: true, redirectionHint: true, delivery: 1, level: true };
      const expected = { destination: 3, vector: 0x71, ...attributes };
      await expectDelivered(bench, "compatibility format", message, expected);
    },
  },
]);

const handles = casesOf("5.1.2.2", [
  {
    id: "every-handle-bit-counts",
    title: "Address bits 19:5 and 2 are the handle of a remappable interrupt",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench, { entries: 65536 });
      for (let bit = 0; bit < 16; bit++) {
        table.remapped(1 << bit, { destination: bit, vector: 0x40 + bit });
        const what = `handle 0x${(1 << bit).toString(16)}`;
        const expected = { destination: bit, vector: 0x40 + bit };
        await expectDelivered(bench, what, remappableMessage(1 << bit), expected);
      }
    },
  },
  {
    id: "data-ignored-without-shv",
    title: "Without SHV all of the data of a remappable interrupt is ignored",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(6, { destination: 2, vector: 0x52 });
      for (const data of [1, 0xff, 0xffff, 0x1_0000, 0xffff_ffff]) {
        const message = { ...remappableMessage(6), data };
        const expected = { destination: 2, vector: 0x52 };
        await expectDelivered(bench, `data 0x${data.toString(16)}`, message, expected);
      }
    },
  },
  {
    id: "reserved-data-bits-with-shv",
    title: "With SHV each of data bits 31:16 must be 0 (20h)",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(7, { destination: 2, vector: 0x52 });
      for (let bit = 16; bit < 32; bit++) {
        const message = { ...remappableMessage(5, 2), data: (2 | (1 << bit)) >>> 0 };
        await expectBlocked(bench, 0x20, `data bit ${bit}`, message);
      }
      const expected = { destination: 2, vector: 0x52 };
      await expectDelivered(bench, "no such bit", remappableMessage(5, 2), expected);
    },
  },
  {
    id: "format-bit-clear-is-compatibility",
    title: "With address bit 4 clear an interrupt is one of compatibility format",
    needs: joined(REMAPPING, { capabilities: ["!EIMER"] }),
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      table.remapped(5, { destination: 2, vector: 0x52 });
      const { address, data } = remappableMessage(5);
      await expectBlocked(bench, 0x25, "bit 4 clear", { address: address & ~0x10n, data });
    },
  },
]);

const indices = casesOf("5.1.3", [
  {
    id: "subhandle-is-added",
    title: "With SHV the index is the sum of handle and subhandle",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(77, { destination: 4, vector: 0x6d });
      const expected = { destination: 4, vector: 0x6d };
      for (const [handle, subhandle] of [
        [77, 0],
        [0, 77],
        [64, 13],
        [76, 1],
      ] as const) {
        const message = remappableMessage(handle, subhandle);
        await expectDelivered(bench, `${handle} + ${subhandle}`, message, expected);
      }
    },
  },
  {
    id: "multiple-messages-one-address",
    title: "One address and consecutive data values reach consecutive entries",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      for (let number = 0; number < 32; number++) {
        table.remapped(32 + number, { destination: 1, vector: 0x80 + number });
      }
      for (let number = 0; number < 32; number++) {
        const message = remappableMessage(32, number);
        const expected = { destination: 1, vector: 0x80 + number };
        await expectDelivered(bench, `message ${number}`, message, expected);
      }
    },
  },
  ...([2, 16, 256, 1024].map((entries) => ({
    id: `table-of-${entries}-ends`,
    title: `A table of ${entries} entries has index ${entries - 1}, and ${entries} is out of range (21h)`,
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench, { entries });
      table.remapped(entries - 1, { destination: 1, vector: 0x71 });
      const last = { destination: 1, vector: 0x71 };
      await expectDelivered(bench, "the last entry", remappableMessage(entries - 1), last);
      for (const index of [entries, 2 * entries + 1, 0x8000]) {
        const what = `index ${index}`;
        await expectBlocked(bench, 0x21, what, remappableMessage(index), { index });
      }
    },
  })) satisfies Parameters<typeof casesOf>[1]),
  {
    id: "subhandle-beyond-table",
    title: "A subhandle that leads beyond the table is out of range (21h), with the sum in FI",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench, { entries: 64 });
      table.remapped(63, { destination: 1, vector: 0x71 });
      const expected = { destination: 1, vector: 0x71 };
      await expectDelivered(bench, "63", remappableMessage(60, 3), expected);
      await expectBlocked(bench, 0x21, "64", remappableMessage(60, 4), { index: 64 });
    },
  },
  {
    id: "sum-beyond-16-bits",
    title: "Handle and subhandle that add up to 65536 are out of range, and not index 0 (21h)",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench, { entries: 65536 });
      table.remapped(0, { destination: 1, vector: 0x71 });
      table.remapped(0xffff, { destination: 1, vector: 0x72 });
      const expected = { destination: 1, vector: 0x72 };
      await expectDelivered(bench, "65535", remappableMessage(0xfff0, 15), expected);
      await expectBlocked(bench, 0x21, "65536", remappableMessage(0xffff, 1));
    },
  },
  {
    id: "entry-beyond-host-addresses",
    title: "An entry whose address is beyond the host address width is out of range (21h)",
    needs: REMAPPING,
    async steps(bench) {
      await bench.queue.start();
      const last = (1n << BigInt(bench.hostAddressWidth)) - 0x1000n;
      // 512 entries: the second frame lies beyond.
      const fields = { IRTA: last, S: 8, EIME: bench.has("EIMER") };
      await bench.registers.write("IRTA", fields);
      await bench.commands.command("SIRTP");
      if (!bench.has("ESIRTPS")) await bench.queue.run(descriptor("IEC_INV"));
      await bench.commands.command("IRE");
      await expectBlocked(bench, 0x21, "index 256", remappableMessage(256), { index: 256 });
    },
  },
]);

const order = casesOf("5.1.4", [
  {
    id: "reserved-data-before-range",
    title: "Reserved bits of a request count before its index does (20h, not 21h)",
    needs: REMAPPING,
    async steps(bench) {
      await startRemapping(bench, { entries: 16 });
      const message = { ...remappableMessage(16, 1), data: 0x0001_0001 };
      await expectBlocked(bench, 0x20, "both are wrong", message);
    },
  },
  {
    id: "shv-is-no-part-of-the-handle",
    title: "SHV with subhandle 0 names the same entry as no SHV",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(9, { destination: 5, vector: 0x39 });
      const { address } = remappableMessage(9);
      const expected = { destination: 5, vector: 0x39 };
      const message = { address: address | SUBHANDLE_VALID, data: 0 };
      await expectDelivered(bench, "with SHV", message, expected);
      await expectDelivered(bench, "without", { address, data: 0 }, expected);
    },
  },
  {
    id: "compatibility-blocked-without-cfis",
    title: "Without CFIS a compatibility format interrupt is blocked (25h)",
    needs: joined(REMAPPING, { capabilities: ["!EIMER"] }),
    async steps(bench) {
      await startRemapping(bench, { extended: false });
      await expectBlocked(bench, 0x25, "CFIS 0", COMPATIBILITY);
      await bench.commands.command("CFI");
      const expected = { destination: 7, vector: 0x45 };
      await expectDelivered(bench, "CFIS 1", COMPATIBILITY, expected);
      await bench.commands.command("CFI", false);
      await expectBlocked(bench, 0x25, "CFIS 0 again", COMPATIBILITY);
    },
  },
  {
    id: "compatibility-blocked-with-eime",
    title: "With EIME a compatibility format interrupt is blocked, whatever CFIS says (25h)",
    needs: joined(REMAPPING, { capabilities: ["EIM"] }),
    async steps(bench) {
      await startRemapping(bench, { extended: true });
      await expectBlocked(bench, 0x25, "CFIS 0", COMPATIBILITY);
      await bench.commands.command("CFI");
      await expectBlocked(bench, 0x25, "CFIS 1", COMPATIBILITY);
    },
  },
  {
    id: "cfis-does-not-touch-remappable",
    title: "CFIS leaves remappable interrupts to the table",
    needs: EITHER_MODE,
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      table.remapped(3, { destination: 5, vector: 0x39 });
      await bench.commands.command("CFI");
      const expected = { destination: 5, vector: 0x39 };
      await expectDelivered(bench, "remappable", remappableMessage(3), expected);
      await expectBlocked(bench, 0x22, "no entry", remappableMessage(4), { index: 4 });
    },
  },
]);

/** Cases of the formats of interrupt requests. */
export const requestFormat: readonly ConformanceCase[] = [
  ...[...compatibility, ...handles, ...indices, ...order],
];
