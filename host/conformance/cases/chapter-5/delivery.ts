/** What comes out of a remapped entry (§5.1.4, §9.9), and the unit's own interrupts (§5.1.6). */
import { LegacyTables } from "../../../tables/legacy.js";
import { remappableMessage } from "../../../tables/interrupt-table.js";
import { EVENT_MESSAGES } from "../../bench/events.js";
import { casesOf, type ConformanceCase } from "../../case.js";
import { joined } from "../../needs.js";
import { EITHER_MODE, expectDelivered, REMAPPING, startRemapping } from "./remapping.js";

/** DLM that every target can send on, and how. */
const PLAIN_MODES = [
  ["fixed", 0],
  ["lowest-priority", 1],
] as const;

/** DLM whose vector the manual does not look at, and whose trigger mode is edge. */
const SPECIAL_MODES = [
  ["smi", 2],
  ["nmi", 4],
  ["init", 5],
  ["extint", 7],
] as const;

const attributes = casesOf("9.9", [
  {
    id: "vector-and-destination",
    title: "A remapped interrupt has the vector and the destination of its entry",
    needs: EITHER_MODE,
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      for (const [index, destination, vector] of [
        [0, 0, 0x10],
        [1, 0xff, 0xff],
        [2, 0xa5, 0x5a],
        [3, 0x5a, 0xa5],
      ] as const) {
        table.remapped(index, { destination, vector });
        const expected = { destination, vector };
        await expectDelivered(bench, `entry ${index}`, remappableMessage(index), expected);
      }
    },
  },
  {
    id: "destination-mode-and-hint",
    title: "DM and RH of the entry become bits 2 and 3 of the message address",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      for (const [index, logical, redirectionHint] of [
        [0, false, false],
        [1, true, false],
        [2, false, true],
        [3, true, true],
      ] as const) {
        const expected = { destination: 2, vector: 0x51, logical, redirectionHint };
        table.remapped(index, expected);
        await expectDelivered(bench, `entry ${index}`, remappableMessage(index), expected);
      }
    },
  },
  {
    id: "delivery-modes",
    title: "DLM of the entry becomes the delivery mode of the message",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      for (const [name, delivery] of PLAIN_MODES) {
        table.remapped(delivery, { destination: 2, vector: 0x51, delivery: name });
        const expected = { destination: 2, vector: 0x51, delivery };
        await expectDelivered(bench, name, remappableMessage(delivery), expected);
      }
      for (const [name, delivery] of SPECIAL_MODES) {
        table.remapped(delivery, { destination: 2, vector: 0, delivery: name });
        await bench.endpoints.interrupt(remappableMessage(delivery));
        const [message] = await bench.events.interrupts();
        // SMI and INIT are implementation specific: what is sent, is sent in this mode.
        if (message === undefined && (name === "smi" || name === "init")) continue;
        bench.expect.equal(`${name}: address`, message?.address, 0xfee0_2000n);
        bench.expect.equal(`${name}: bits 10:8`, ((message?.data ?? 0) >> 8) & 7, delivery);
      }
      await bench.expectFault.none();
    },
  },
  {
    id: "trigger-mode",
    title: "TM of the entry becomes the trigger mode of the message, whatever the request says",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(1, { destination: 2, vector: 0x51, level: true });
      table.remapped(2, { destination: 2, vector: 0x51, level: false });
      for (const data of [0, 0xc000]) {
        for (const [index, level] of [
          [1, true],
          [2, false],
        ] as const) {
          const message = { ...remappableMessage(index), data };
          const expected = { destination: 2, vector: 0x51, level };
          await expectDelivered(bench, `entry ${index}`, message, expected);
        }
      }
    },
  },
  {
    id: "available-bits-ignored",
    title: "Bits 11:8 of an entry are software's own",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(1, { destination: 2, vector: 0x51 }).setBits(11, 8, 0xf);
      const expected = { destination: 2, vector: 0x51 };
      await expectDelivered(bench, "bits 11:8 set", remappableMessage(1), expected);
    },
  },
  {
    id: "request-says-nothing-of-attributes",
    title: "Vector, mode and destination come from the entry alone",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      const first = { destination: 6, vector: 0x46, logical: true };
      const second = { destination: 7, vector: 0x47 };
      table.remapped(0x55, first);
      table.remapped(0xaa, second);
      for (const [index, expected] of [
        [0x55, first],
        [0xaa, second],
      ] as const) {
        const message = { ...remappableMessage(index), data: 0xffff };
        await expectDelivered(bench, `entry ${index}`, message, expected);
      }
    },
  },
]);

const modes = casesOf("11.4.10", [
  {
    id: "x2apic-destination-has-32-bits",
    title: "With EIME all 32 bits of DST are the destination",
    needs: joined(REMAPPING, { capabilities: ["EIM"] }),
    async steps(bench) {
      const table = await startRemapping(bench, { extended: true });
      for (const [index, destination] of [0x01, 0xff, 0x100, 0x1_0000, 0xdead_beef].entries()) {
        table.remapped(index, { destination, vector: 0x51 });
        const expected = { destination, vector: 0x51 };
        const what = `destination 0x${destination.toString(16)}`;
        await expectDelivered(bench, what, remappableMessage(index), expected);
      }
    },
  },
  {
    id: "eime-waits-for-sirtp",
    title: "EIME written to IRTA counts from the next SIRTP on",
    needs: EITHER_MODE,
    async steps(bench) {
      const table = await startRemapping(bench, { extended: false });
      table.remapped(1, { destination: 0x12, vector: 0x51 });
      await bench.registers.write("IRTA", table.tableAddress | 0x800n);
      const expected = { destination: 0x12, vector: 0x51 };
      await expectDelivered(bench, "before SIRTP", remappableMessage(1), expected);
    },
  },
]);

const level = casesOf("5.1.4", [
  {
    id: "level-always-asserted",
    title: "The trigger mode level of a remapped interrupt is always asserted",
    needs: REMAPPING,
    async steps(bench) {
      const table = await startRemapping(bench);
      table.remapped(1, { destination: 2, vector: 0x51, level: true });
      await bench.endpoints.interrupt(remappableMessage(1));
      const [message] = await bench.events.interrupts();
      bench.expect.equal("data, bits 15:14", ((message?.data ?? 0) >> 14) & 3, 3);
    },
  },
]);

const own = casesOf("5.1.6", [
  {
    id: "own-interrupts-are-not-remapped",
    title: "A fault event is sent as programmed while remapping blocks such messages",
    needs: joined(REMAPPING, { capabilities: ["!EIMER"], abilities: ["dma"] }),
    async steps(bench) {
      const { memory, frames } = bench;
      await bench.start(LegacyTables.create({ memory, frames }));
      await startRemapping(bench, { extended: false });
      await bench.events.unmask("fault");
      await bench.endpoints.dma({ address: 0x5000n });
      const sent = (await bench.events.interrupts()).map(({ address, data }) => ({
        address,
        data,
      }));
      bench.expect.equal("the event", sent, [EVENT_MESSAGES.fault]);
    },
  },
]);

const programmed = [
  ...casesOf("5.1.6.1", [
    {
      id: "message-as-programmed",
      title:
        "The unit's own message has the address, destination mode and delivery mode programmed",
      needs: { abilities: ["dma", "interrupts"] },
      async steps(bench) {
        const { memory, frames } = bench;
        await bench.start(LegacyTables.create({ memory, frames }));
        const message = { address: 0xfeea_500c, data: 0x01c3 };
        await bench.events.unmask("fault", message);
        await bench.endpoints.dma({ address: 0x5000n });
        const sent = (await bench.events.interrupts()).map((each) => ({
          address: each.address,
          data: each.data & 0xffff,
        }));
        bench.expect.equal("the event", sent, [message]);
      },
    },
  ]),
  ...casesOf("5.1.6.2", [
    {
      id: "own-interrupts-beside-eime",
      title: "With EIME the unit's own message goes to the 32-bit destination that is programmed",
      needs: joined(REMAPPING, { capabilities: ["EIM"], abilities: ["dma"] }),
      async steps(bench) {
        const { memory, frames } = bench;
        await bench.start(LegacyTables.create({ memory, frames }));
        await startRemapping(bench, { extended: true });
        await bench.registers.write("FEUADDR", 0x0012_3400n);
        await bench.events.unmask("fault");
        await bench.endpoints.dma({ address: 0x5000n });
        const [message] = await bench.events.interrupts();
        bench.expect.equal("address", message?.address, 0x0012_3400_fee0_1004n);
      },
    },
  ]),
];

/** Cases of what a remapped interrupt becomes. */
export const delivery: readonly ConformanceCase[] = [
  ...[...attributes, ...modes, ...level, ...own, ...programmed],
];
