/** Interrupt posting (§5.2): what becomes of the descriptor, and when a notification is sent. */
import { remappableMessage } from "../../../tables/interrupt-table.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { bitRange } from "../bit-range.js";
import { expectPosted, fetchDescriptor, newDescriptor, NOTIFICATION } from "./posted.js";
import { expectBlocked, EITHER_MODE, POSTING, REMAPPING, startRemapping } from "./remapping.js";

const update = casesOf("5.2.3", [
  {
    id: "posts-and-notifies",
    title: "A posted interrupt sets its bit of PIR and ON, and sends the notification",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      table.posted(3, { vector: 0x90, descriptor: pid.entry.address });
      const expected = { vectors: [0x90], outstanding: true, notified: true };
      await expectPosted(bench, "one interrupt", pid, remappableMessage(3), expected);
      const kept = { SN: 0, NV: NOTIFICATION.vector };
      await bench.expect.entry("the other fields", pid.entry, kept);
    },
  },
  {
    id: "every-vector-has-its-bit",
    title: "Each of the 256 vectors has its own bit of PIR",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table, { suppressed: true });
      const vectors: number[] = [];
      for (const vector of [0, 1, 31, 32, 63, 64, 127, 128, 191, 192, 254, 255]) {
        table.posted(vector, { vector, descriptor: pid.entry.address });
        vectors.push(vector);
        const expected = { vectors, outstanding: false, notified: false };
        await expectPosted(bench, `vector ${vector}`, pid, remappableMessage(vector), expected);
      }
    },
  },
  {
    id: "outstanding-notification-is-not-repeated",
    title: "While ON is set interrupts are posted without a notification",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      const descriptor = pid.entry.address;
      table.posted(1, { vector: 0x31, descriptor });
      table.posted(2, { vector: 0xc2, descriptor });
      const first = { vectors: [0x31], outstanding: true, notified: true };
      await expectPosted(bench, "the first", pid, remappableMessage(1), first);
      const second = { vectors: [0x31, 0xc2], outstanding: true, notified: false };
      await expectPosted(bench, "the second", pid, remappableMessage(2), second);
      // Software takes what was posted: the next one notifies again.
      pid.take();
      const third = { vectors: [0xc2], outstanding: true, notified: true };
      await expectPosted(bench, "after ON was cleared", pid, remappableMessage(2), third);
    },
  },
  {
    id: "urgent-while-outstanding",
    title: "An urgent interrupt does not notify while ON is set either",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      pid.entry.set({ ON: 1 });
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address, urgent: true });
      const expected = { vectors: [0x31], outstanding: true, notified: false };
      await expectPosted(bench, "urgent", pid, remappableMessage(1), expected);
    },
  },
  {
    id: "suppressed-interrupt-sets-no-on",
    title: "With SN an interrupt that is not urgent is posted, and neither sets ON nor notifies",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table, { suppressed: true });
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address });
      const expected = { vectors: [0x31], outstanding: false, notified: false };
      await expectPosted(bench, "SN", pid, remappableMessage(1), expected);
      await bench.expect.entry("SN afterwards", pid.entry, { SN: 1 });
    },
  },
  {
    id: "urgent-interrupt-overrides-sn",
    title: "With SN an urgent interrupt sets ON and notifies all the same",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table, { suppressed: true });
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address, urgent: true });
      const expected = { vectors: [0x31], outstanding: true, notified: true };
      await expectPosted(bench, "urgent", pid, remappableMessage(1), expected);
    },
  },
  {
    id: "same-vector-twice",
    title: "A vector that is posted already stays posted",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address });
      const first = { vectors: [0x31], outstanding: true, notified: true };
      await expectPosted(bench, "once", pid, remappableMessage(1), first);
      const second = { vectors: [0x31], outstanding: true, notified: false };
      await expectPosted(bench, "twice", pid, remappableMessage(1), second);
    },
  },
  {
    id: "vector-is-that-of-the-entry",
    title: "With SHV the entry that the sum names tells the vector, not the data",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      table.posted(0x20, { vector: 0x77, descriptor: pid.entry.address });
      const expected = { vectors: [0x77], outstanding: true, notified: true };
      await expectPosted(bench, "28 + 4", pid, remappableMessage(0x1c, 4), expected);
    },
  },
  {
    id: "notification-attributes",
    title: "A notification is fixed, physical and edge, without redirection hint",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address });
      await bench.endpoints.interrupt({ ...remappableMessage(1), data: 0xc7ff });
      const [message] = await bench.events.interrupts();
      const { address = 0n, data = 0 } = message ?? {};
      bench.expect.equal("address, bits 3:2", address & 0xcn, 0n);
      bench.expect.equal("data, bits 15, 10:0", data & 0x87ff, NOTIFICATION.vector);
    },
  },
  {
    id: "descriptor-changes-count-at-once",
    title: "NV, NDST and SN of a descriptor count as they are when an interrupt is posted",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address });
      const first = { vectors: [0x31], outstanding: true, notified: true };
      await expectPosted(bench, "first", pid, remappableMessage(1), first);
      pid.take();
      pid.entry.set({ NV: 0xe1, NDST: table.extended ? 9 : 9 << 8 });
      const notification = { destination: 9, vector: 0xe1 };
      const moved = { vectors: [0x31], outstanding: true, notified: true, notification };
      await expectPosted(bench, "moved", pid, remappableMessage(1), moved);
      pid.take();
      pid.entry.set({ SN: 1 });
      const silent = { vectors: [0x31], outstanding: false, notified: false };
      await expectPosted(bench, "suppressed", pid, remappableMessage(1), silent);
    },
  },
]);

const destinations = casesOf("9.11", [
  {
    id: "xapic-notification-destination",
    title: "Without EIME a notification goes to bits 303:296 of the descriptor",
    needs: joined(POSTING, EITHER_MODE),
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      const pid = newDescriptor(bench, table, { destination: 0xa7 });
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address });
      const notification = { ...NOTIFICATION, destination: 0xa7 };
      const expected = { vectors: [0x31], outstanding: true, notified: true, notification };
      await expectPosted(bench, "xAPIC", pid, remappableMessage(1), expected);
    },
  },
  {
    id: "x2apic-notification-destination",
    title: "With EIME a notification goes to all 32 bits of NDST",
    needs: joined(POSTING, { capabilities: ["EIM"] }),
    async steps(bench) {
      const table = await startRemapping(bench, { extended: true });
      const pid = newDescriptor(bench, table, { destination: 0x0012_34a7 });
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address });
      const notification = { ...NOTIFICATION, destination: 0x0012_34a7 };
      const expected = { vectors: [0x31], outstanding: true, notified: true, notification };
      await expectPosted(bench, "x2APIC", pid, remappableMessage(1), expected);
    },
  },
  {
    id: "reserved-descriptor-bits",
    title: "Each reserved bit of a descriptor is 28h, and nothing is posted then",
    needs: joined(POSTING, EITHER_MODE),
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      const pid = newDescriptor(bench, table);
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address });
      const good = pid.entry.read();
      const xapic = [...bitRange(288, 295), ...bitRange(304, 319)];
      const reserved = [
        ...bitRange(258, 271),
        ...bitRange(280, 287),
        ...bitRange(320, 511),
        ...xapic,
      ];
      for (const bit of reserved) {
        pid.entry.setBits(bit, bit, 1);
        const message = remappableMessage(1);
        await expectBlocked(bench, 0x28, `bit ${bit}`, message, { index: 1 });
        await fetchDescriptor(bench, pid);
        bench.expect.equal(`bit ${bit}: posted`, pid.posted, []);
        bench.expect.equal(`bit ${bit}: ON`, pid.entry.get("ON"), 0n);
        pid.entry.write(good);
      }
      // What blocked an interrupt was not cached (§6.4): the good descriptor serves at once.
      if (bench.has("CM")) return;
      const expected = { vectors: [0x31], outstanding: true, notified: true };
      await expectPosted(bench, "no such bit", pid, remappableMessage(1), expected);
    },
  },
  {
    id: "x2apic-descriptor-has-no-reserved-destination-bits",
    title: "With EIME no bit of NDST is reserved",
    needs: joined(POSTING, { capabilities: ["EIM"] }),
    async steps(bench) {
      const table = await startRemapping(bench, { extended: true });
      for (let bit = 0; bit < 32; bit++) {
        const destination = (1 << bit) >>> 0;
        const pid = newDescriptor(bench, table, { destination });
        table.posted(bit, { vector: 0x31, descriptor: pid.entry.address });
        const notification = { ...NOTIFICATION, destination };
        const expected = { vectors: [0x31], outstanding: true, notified: true, notification };
        await expectPosted(bench, `bit ${bit}`, pid, remappableMessage(bit), expected);
      }
    },
  },
]);

const faults = casesOf("5.1.4.1", [
  {
    id: "descriptor-cannot-be-accessed",
    title: "A posted-interrupt descriptor that cannot be accessed is 27h",
    needs: joined(POSTING, { abilities: ["poison"] }),
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address });
      await bench.poison(pid.entry.address, 64);
      await expectBlocked(bench, 0x27, "poisoned", remappableMessage(1), { index: 1 });
      await bench.heal();
      if (bench.has("CM")) return;
      const expected = { vectors: [0x31], outstanding: true, notified: true };
      await expectPosted(bench, "healed", pid, remappableMessage(1), expected);
    },
  },
  {
    id: "fpd-suppresses-descriptor-faults",
    title: "FPD of a posted entry keeps 27h and 28h out of the fault records",
    needs: joined(POSTING, { abilities: ["poison"] }),
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      table.posted(1, { vector: 0x31, descriptor: pid.entry.address, fpd: true });
      pid.entry.setBits(320, 320, 1);
      const silent = { recorded: false };
      await expectBlocked(bench, 0x28, "reserved bit", remappableMessage(1), silent);
      await bench.poison(pid.entry.address, 64);
      await expectBlocked(bench, 0x27, "poisoned", remappableMessage(1), silent);
    },
  },
]);

const entries = casesOf("9.10", [
  {
    id: "reserved-posted-entry-bits",
    title: "Each reserved bit of a posted entry is 24h",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      const reserved = [
        ...bitRange(2, 7),
        ...bitRange(12, 13),
        ...bitRange(24, 37),
        ...bitRange(84, 95),
      ];
      for (const [index, bit] of reserved.entries()) {
        table.posted(index, { vector: 0x31, descriptor: pid.entry.address });
        table.postedEntry(index).setBits(bit, bit, 1);
        await expectBlocked(bench, 0x24, `bit ${bit}`, remappableMessage(index), { index });
      }
      await fetchDescriptor(bench, pid);
      bench.expect.equal("vectors in PIR", pid.posted, []);
    },
  },
  {
    id: "descriptor-beyond-host-addresses",
    title: "Address bits of the descriptor from the host address width up are reserved (24h)",
    needs: POSTING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const pid = newDescriptor(bench, table);
      for (let bit = bench.hostAddressWidth; bit < 64; bit++) {
        table.posted(bit, { vector: 0x31, descriptor: pid.entry.address | (1n << BigInt(bit)) });
        const what = `address bit ${bit}`;
        await expectBlocked(bench, 0x24, what, remappableMessage(bit), { index: bit });
      }
    },
  },
  {
    id: "posted-entry-without-pi",
    title: "A unit without interrupt posting treats IM as reserved (24h)",
    needs: REMAPPING,
    with: { capabilities: { IR: 1, PI: 0 } },
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(1, { destination: 0, vector: 0x31 }).setBits(15, 15, 1);
      await expectBlocked(bench, 0x24, "IM", remappableMessage(1), { index: 1 });
    },
  },
]);

/** Cases of interrupt posting. */
export const posting: readonly ConformanceCase[] = [
  ...[...update, ...destinations, ...faults, ...entries],
];
