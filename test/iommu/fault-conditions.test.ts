import { describe, expect, it } from "vitest";
import type { PageGroupResponse } from "../../host/index.js";
import { faultConditions } from "../../host/spec/index.js";
import { chapters } from "./conditions/index.js";
import type { Answer, Column, Row } from "./conditions/row.js";
import { scalable } from "./conditions/scalable.js";
import { send, withPasid, type Outcome } from "./provoke.js";
import { REG, Unit, type FaultRecord } from "./unit.js";
import { INPUT, PASID, SID } from "./worlds.js";

const ROWS = Object.values(chapters).flat();
/** Bits of a recorded address: the widest address width of the preset "full" is 57 (choice F5). */
const RECORDED_ADDRESS = (1n << 57n) - 0x1000n;
const ADDRESS_TYPE: Partial<Record<Column, number>> = { TR: 1, "TR+P": 1, TD: 2, "TD+P": 2 };

/** Conditions that these requests cannot meet in the preset "full". */
const UNANNOUNCED: Readonly<Record<string, string>> = {
  "SPT.9": "without HPTS there is no host permission table",
  ...Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`HPT.${n}`, "needs HPTS"])),
  ...Object.fromEntries(
    ["20", "21", "22", "23", "24", "25", "26", "27", "28", "2A", "2B"].map((code) => [
      `IR.${code}`,
      "test/interrupts/faults.test.ts provokes it",
    ]),
  ),
};

for (const [chapter, rows] of Object.entries(chapters)) {
  describe(`VTD-7.1.3: fault conditions of ${chapter}`, () => {
    it.each(rows.map((row) => [row.condition, row.reason.toString(16), row.title, row] as const))(
      "VTD-7.1.3: %s (%sh): %s",
      async (_condition, _reason, _title, row) => {
        const unit = await Unit.create(row.unit);
        const begin = unit.stage(row.arrange(unit).rootTableAddress);
        for (const [column, answer] of Object.entries(row.answers) as [Column, Answer][]) {
          expectAnswer(begin(), row, column, answer, true);
          if (answer === "IR") expectAnswer(begin(), row, column, answer, false);
        }
      },
    );
  });
}

function expectAnswer(unit: Unit, row: Row, column: Column, answer: Answer, last: boolean) {
  const responses: PageGroupResponse[] = [];
  const off = unit.iommu.on("pageGroupResponse", (response) => responses.push(response));

  const where = `${column}${last ? "" : ", not the last page"}`;
  expect(send(unit, column, row.request ?? {}, last), where).toEqual(outcomeOf(row, answer, last));
  off();
  const logged = !["S0", "R", "W"].includes(answer);
  expect(unit.faultRecords(), where).toEqual(logged ? [recordOf(row, column, unit)] : []);
  expect(unit.iommu.read32(REG.FSTS), where).toBe(logged ? 0b10 : 0);
  expect(responses, where).toEqual(answer === "IR" && last ? [invalidRequest(row, column)] : []);
  if (answer === "IR") expect(unit.iommu.read64(REG.PQT)).toBe(0n);
}

function outcomeOf({ condition, reason }: Row, answer: Answer, last: boolean): Outcome {
  switch (answer) {
    case "UR":
    case "CA":
      return { answer, condition, reason, record: "recorded" };
    case "IR":
      return { answer: last ? "IR" : "drop", condition, record: "recorded" };
    case "S0 logged":
      return { answer, condition, record: "recorded" };
    case "S0":
      return { answer, condition, record: "not-logged" };
    case "R":
    case "W":
      return { answer };
  }
}

function recordOf(row: Row, column: Column, unit: Unit): FaultRecord {
  const { sourceId = SID, pasid = PASID, address = INPUT } = row.request ?? {};
  const { access = "read", privileged = false, execute = false } = row.request ?? {};
  const prefix = withPasid(column) && unit.announces("PASID");
  const translation = column.startsWith("TR");
  const type = column.startsWith("PR") ? "page-request" : translation ? "read" : access;
  return {
    index: 0,
    reason: row.reason,
    sourceId,
    pasid: prefix ? pasid : undefined,
    address: row.condition === "IR.29" ? 0n : address & RECORDED_ADDRESS,
    type,
    addressType: ADDRESS_TYPE[column] ?? 0,
    privileged: prefix && privileged,
    execute: prefix && execute && type === "read",
  };
}

function invalidRequest({ request = {} }: Row, column: Column): PageGroupResponse {
  const pasid = withPasid(column) ? (request.pasid ?? PASID) : undefined;
  return { sourceId: request.sourceId ?? SID, pasid, group: 3, code: 1 };
}

describe("VTD-7.1.3: the conditions provoked here", () => {
  it("VTD-7.1.3: are all that the unit can announce", () => {
    const provoked = new Set(ROWS.map(({ condition }) => condition));
    const missing = faultConditions
      .map(({ condition }) => condition)
      .filter((condition) => !provoked.has(condition));
    expect(missing.sort()).toEqual(Object.keys(UNANNOUNCED).sort());
  });

  it("VTD-7.1.3: meet every kind of request that Table 30 says they can meet", () => {
    for (const { condition, responses, pageRequest } of faultConditions) {
      if (condition in UNANNOUNCED) continue;
      const kinds = ["U", "U+P", "TR", "TR+P", "TD", "TD+P"].filter((kind, i) => {
        // A unit that meets RTA.1.3 has no scalable mode, and so no PASID in translated requests.
        if (condition === "RTA.1.3" && kind === "TD+P") return false;
        return responses[i] !== "-";
      });
      // A unit that meets RTA.1.3 has no scalable mode, and so no page requests.
      if (pageRequest && condition !== "RTA.1.3") kinds.push("PR");
      // Without host permission tables a translated request does not look at PASID entries.
      const withoutHpt = condition.startsWith("SP")
        ? kinds.filter((kind) => !kind.startsWith("TD"))
        : kinds;
      const sent = ROWS.filter((row) => row.condition === condition)
        .flatMap(({ answers }) => Object.keys(answers))
        .map((column) => (column === "PR+P" ? "PR" : column));
      expect([condition, ...new Set(sent)].sort()).toEqual([condition, ...withoutHpt].sort());
    }
  });

  it("VTD-11.4.5: RTADDR.SSIRWE stays clear without ECAP.SSIRWS, so that RTA.1.4 cannot be met", async () => {
    const { iommu } = await Unit.create({ capabilities: { SSIRWS: 0 } });
    iommu.write64(REG.RTADDR, 0x1080n);
    expect(iommu.read64(REG.RTADDR)).toBe(0x1000n);
  });
});

describe("VTD-11.4.7.6: the address in a fault record", () => {
  const WIDTHS = [
    [57, {}],
    [57, { SAGAW: 0b0110, MGAW: 47 }],
    [48, { SAGAW: 0b0110, MGAW: 47, FS5LP: 0 }],
    [48, { SAGAW: 0b0010, MGAW: 38, FS5LP: 0 }],
    [39, { SAGAW: 0b0010, MGAW: 38, FS5LP: 0, FS1GP: 0, FSTS: 0, EAFS: 0, NEST: 0 }],
  ] as const;

  it.each(WIDTHS)(
    "VTD-11.4.7.6: is the page, cut at the widest address width: %i bits of %o (choice F5)",
    async (bits, capabilities) => {
      const unit = await Unit.create({ capabilities, hostAddressWidth: 39 });
      scalable("pass-through")(unit).start();
      const address = 0xffff_ffff_ffff_f123n;
      unit.iommu.translate({ sourceId: SID, pasid: PASID, address, access: "read" });
      expect(unit.faultRecords()).toMatchObject([{ address: (1n << BigInt(bits)) - 0x1000n }]);
    },
  );
});

describe("VTD-7.2: the fault event of the host", () => {
  it("VTD-7.2: tells of every fault, whether it was recorded or not", async () => {
    const unit = await Unit.create();
    const world = scalable("first-stage", (w) => w.first.unmap(INPUT))(unit).start();
    const events: unknown[] = [];
    const off = unit.iommu.on("fault", (event) => events.push(event));
    const request = { sourceId: SID, pasid: PASID, address: INPUT + 8n, access: "read" } as const;
    const fault = { sourceId: SID, pasid: PASID, address: INPUT + 8n };
    const condition = { condition: "SFS.2", reason: 0x71 };
    unit.iommu.translate(request);
    unit.iommu.translate(request);
    world.setFpd("context");
    unit.setRoot(world.rootTableAddress);
    unit.iommu.translate(request);
    // Success without permissions is no fault.
    unit.iommu.requestTranslation(request);
    off();
    unit.iommu.translate(request);
    expect(events).toEqual(
      ["recorded", "collapsed", "suppressed"].map((record) => ({ ...fault, ...condition, record })),
    );
  });
});
