// #region remap
import { GuestMemory, Iommu } from "viommu";
import { FrameAllocator, InterruptTable, remappableMessage } from "viommu/tables";

const memory = GuestMemory.create({ size: 2 ** 20 });
const frames = new FrameAllocator({ start: 0x1000n, end: 0x10_0000n });
const iommu = await Iommu.create({ memory });

const table = InterruptTable.create({ memory, frames });
table.remapped(7, { vector: 0x41, destination: 3, source: { sourceId: "00:02.0" } });
iommu.write64(0xb8, table.tableAddress); // IRTA
iommu.write32(0x18, 1 << 24); // GCMD.SIRTP
iommu.write32(0x18, 1 << 25); // GCMD.IRE

const message = remappableMessage(7); // what software writes into the device's MSI registers
console.log(message); // => { address: 0xfee0_00f0n, data: 0 }
console.log(iommu.remapInterrupt({ sourceId: 0x10, ...message }));
// => { status: "ok", address: 0xfee0_3000n, data: 0x4041, remapped: true }
console.log(iommu.remapInterrupt({ sourceId: 0x18, ...message }));
// => { status: "fault", condition: "IR.26", reason: 0x26, completion: "UR", record: "recorded" }
// #endregion

// #region post
import { PostedDescriptor } from "viommu/tables";

const address = frames.allocate();
const posted = PostedDescriptor.create({ memory, address, vector: 0xe2, destination: 1 });
table.posted(8, { vector: 0x91, descriptor: address });
iommu.on("interrupt", (notification) => console.log(notification));

const request = { sourceId: 0x10, ...remappableMessage(8) };
console.log(iommu.remapInterrupt(request));
// => { address: 0xfee0_1000n, data: 0x40e2 }
// => { status: "posted", notified: true }
console.log(iommu.remapInterrupt(request)); // => { status: "posted", notified: false }
console.log(posted.take()); // => [0x91]
// #endregion
