import { casesOf } from "../../case.js";
import { needsOfWorld } from "../../bench/world.js";
import { joined } from "../../needs.js";
import { needsOfRequest } from "../requests.js";
import { bitsOf, expectReserved } from "./entry-bits.js";

const IOVA = 0x4567_8000n;
/** Source-ids of the same bus, in the lower and the upper half of its scalable-mode root entry. */
const LOWER = 0x0578;
const UPPER = 0x0580;

const legacy = casesOf("9.1", [
  {
    id: "root-reserved-low-bits",
    title: "Bits 11:1 of a present root entry are reserved",
    needs: joined(needsOfWorld.legacy, needsOfRequest.dma),
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      await bench.start(world);
      const fault = { condition: "LRT.3", request: { address: IOVA } };
      await expectReserved(bench, world.rootEntry, bitsOf(11, 1), fault);
    },
  },
  {
    id: "root-reserved-high-half",
    title: "Bits 127:64 of a present root entry are reserved",
    needs: joined(needsOfWorld.legacy, needsOfRequest.dma),
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      await bench.start(world);
      const fault = { condition: "LRT.3", request: { address: IOVA } };
      await expectReserved(bench, world.rootEntry, bitsOf(127, 64), fault);
    },
  },
  {
    id: "root-pointer-beyond-host-width",
    title: "CTP of a root entry has reserved bits from the host address width up",
    needs: joined(needsOfWorld.legacy, needsOfRequest.dma),
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      await bench.start(world);
      const fault = { condition: "LRT.3", request: { address: IOVA } };
      await expectReserved(bench, world.rootEntry, bitsOf(63, bench.hostAddressWidth), fault);
    },
  },
  {
    id: "root-not-present-ignores-rest",
    title: "Every other field of a root entry that is not present is ignored",
    needs: joined(needsOfWorld.legacy, needsOfRequest.dma),
    async steps(bench) {
      const world = bench.world("legacy").map(IOVA, bench.page());
      world.rootEntry.write([~1n & 0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn]);
      await bench.start(world);
      await bench.expectFault.dma("LRT.2", { address: IOVA });
    },
  },
]);

const SCALABLE = joined(needsOfWorld["pass-through"], needsOfRequest.dma);
const BOTH_HALVES = joined(SCALABLE, { abilities: ["any-source-id"] });

const scalable = casesOf("9.2", [
  {
    id: "sm-root-reserved-lower",
    title: "Bits 11:1 of a scalable-mode root entry are reserved while LP is set",
    needs: BOTH_HALVES,
    async steps(bench) {
      const world = bench.world("pass-through", { sourceId: LOWER });
      await bench.start(world);
      const request = { sourceId: LOWER, address: bench.page() };
      const fault = { condition: "SRT.3", request };
      await expectReserved(bench, world.rootEntry, bitsOf(11, 1), fault);
    },
  },
  {
    id: "sm-root-reserved-upper",
    title: "Bits 75:65 of a scalable-mode root entry are reserved while UP is set",
    needs: BOTH_HALVES,
    async steps(bench) {
      const world = bench.world("pass-through", { sourceId: UPPER });
      await bench.start(world);
      const request = { sourceId: UPPER, address: bench.page() };
      const fault = { condition: "SRT.3", request };
      await expectReserved(bench, world.rootEntry, bitsOf(75, 65), fault);
    },
  },
  {
    id: "sm-root-lower-pointer-beyond-host-width",
    title: "LCTP has reserved bits from the host address width up",
    needs: BOTH_HALVES,
    async steps(bench) {
      const world = bench.world("pass-through", { sourceId: LOWER });
      await bench.start(world);
      const request = { sourceId: LOWER, address: bench.page() };
      const fault = { condition: "SRT.3", request };
      await expectReserved(bench, world.rootEntry, bitsOf(63, bench.hostAddressWidth), fault);
    },
  },
  {
    id: "sm-root-upper-pointer-beyond-host-width",
    title: "UCTP has reserved bits from the host address width up",
    needs: BOTH_HALVES,
    async steps(bench) {
      const world = bench.world("pass-through", { sourceId: UPPER });
      await bench.start(world);
      const request = { sourceId: UPPER, address: bench.page() };
      const fault = { condition: "SRT.3", request };
      await expectReserved(bench, world.rootEntry, bitsOf(127, 64 + bench.hostAddressWidth), fault);
    },
  },
  {
    id: "sm-root-absent-lower-ignored",
    title: "With LP clear bits 63:1 are ignored by requests of devices 16 to 31",
    needs: BOTH_HALVES,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("pass-through", { sourceId: UPPER });
      await bench.start(world);
      for (const bit of bitsOf(63, 1)) world.rootEntry.setBits(bit, bit, 1);
      await bench.invalidateAll();
      await bench.expectRead(page, page, { sourceId: UPPER });
      await bench.expectFault.dma("SRT.2", { sourceId: LOWER, address: page });
    },
  },
  {
    id: "sm-root-absent-upper-ignored",
    title: "With UP clear bits 127:65 are ignored by requests of devices 0 to 15",
    needs: BOTH_HALVES,
    async steps(bench) {
      const page = bench.page();
      const world = bench.world("pass-through", { sourceId: LOWER });
      await bench.start(world);
      for (const bit of bitsOf(127, 65)) world.rootEntry.setBits(bit, bit, 1);
      await bench.invalidateAll();
      await bench.expectRead(page, page, { sourceId: LOWER });
      await bench.expectFault.dma("SRT.2", { sourceId: UPPER, address: page });
    },
  },
]);

export const rootEntries = [...legacy, ...scalable];
