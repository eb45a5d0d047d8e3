import { describe, expect, it } from "vitest";

import type { Attachment } from "../../../host/emulators/v86/index.js";
import { FrameAllocator, InterruptTable, remappableMessage } from "../../../host/tables/index.js";
import { attach } from "./attached.js";
import { x86 } from "./guest-code.js";

const EDU = 0x18;
const EDU_BAR = 0xe810_0000n;
const EDU_MSI = 0x40;
const [IRTA, GCMD] = [0xb8, 0x18];
const [SIRTP, IRE] = [1 << 24, 1 << 25];

function dmarFlags({ memory }: Attachment): number | undefined {
  const area = Buffer.from(memory.tryReadBytes(0xe_0000n, 0x2_0000) ?? []);
  return area[area.indexOf("DMAR") + 37];
}

/** Lets edu send a message of handle 5 whenever its interrupt is raised, and remapping is on. */
function remapEdu({ iommu, memory, bus }: Attachment): InterruptTable {
  const frames = new FrameAllocator({ start: 0xc0_0000n, end: 0xd0_0000n });
  const table = InterruptTable.create({ memory, frames });
  iommu.write64(IRTA, table.tableAddress);
  iommu.write32(GCMD, SIRTP);
  iommu.write32(GCMD, IRE);
  const { address, data } = remappableMessage(5);
  bus.config.write16(EDU, 4, 6);
  bus.config.write32(EDU, EDU_MSI + 4, Number(address));
  bus.config.write16(EDU, EDU_MSI + 12, data);
  bus.config.write16(EDU, EDU_MSI + 2, 1);
  return table;
}

describe("interrupt remapping in v86", () => {
  it("§8.1: is announced by DMAR only if the MSI-only form is asked for", async () => {
    const { attachment } = await attach([x86.exit(0)]);
    expect(dmarFlags(attachment)).toBe(0);
    const asked = await attach([x86.exit(0)], { interruptRemapping: "msi-only" });
    expect(dmarFlags(asked.attachment)).toBe(1);
  });

  it("§5.1.4: remaps the messages of endpoints", async () => {
    const { attachment } = await attach([x86.exit(0)], { interruptRemapping: "msi-only" });
    const table = remapEdu(attachment);
    table.remapped(5, { vector: 0x51, destination: 0 });
    const messages: [bigint, number][] = [];
    attachment.bus.on("interrupt", ({ address, data }) => messages.push([address, data & 0xff]));
    attachment.bus.write32(EDU_BAR + 0x60n, 1);
    expect(messages).toEqual([[0xfee0_0000n, 0x51]]);
  });

  it("§5.1.4.1: blocks those without entry, and records the fault with the endpoint's source-id", async () => {
    const { attachment } = await attach([x86.exit(0)], { interruptRemapping: "msi-only" });
    remapEdu(attachment);
    const messages: object[] = [];
    const faults: object[] = [];
    attachment.bus.on("interrupt", (message) => messages.push(message));
    attachment.iommu.on("fault", (fault) => faults.push(fault));
    attachment.bus.write32(EDU_BAR + 0x60n, 1);
    expect(messages).toEqual([]);
    expect(faults).toMatchObject([{ sourceId: EDU, reason: 0x22 }]);
  });

  it.each([
    [{ preset: "legacy", interruptRemapping: "msi-only" }, /needs a unit with ECAP\.IR/],
    [{ interruptRemapping: "all" as "msi-only" }, /is "all": expected "msi-only"/],
  ] as const)("cannot be asked for with %j", async (options, message) => {
    await expect(attach([x86.exit(0)], options)).rejects.toThrow(message);
  });
});
