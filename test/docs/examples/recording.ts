// #region record
import { Recorder, Recording, Replay } from "viommu/recording";
import { startUnit } from "./unit.js";

const { recorder, sink } = Recorder.inMemory(); // Recorder.toFile("work.viommu") writes a file
const { iommu, pages } = await startUnit({ tap: recorder });
const dma = { sourceId: 0x10, pasid: 5, access: "write" } as const;

for (const page of [0x7000n, 0x8000n]) pages.map(page, 0x20_0000n + page);
for (const address of [0x7000n, 0x8000n, 0x7008n, 0x9000n]) iommu.translate({ ...dma, address });
recorder.finish();
// #endregion

// #region replay
const recording = Recording.of(sink.bytes); // Recording.open("work.viommu")
const replay = await Replay.create(recording);
for (const { call, result, same } of replay) {
  if (call.kind === "translate") console.log(call.request.address, result?.status, same);
}
// => 0x7000n, "ok", true
// => 0x8000n, "ok", true
// => 0x7008n, "ok", true
// => 0x9000n, "fault", true
console.log(replay.summary.exact, replay.iommu.counters().iotlbHits); // => true, 1n
// #endregion

// #region other-caches
const small = await Replay.create(recording, { caches: { iotlb: 1 } });
const { different, unrecordedReads } = small.run();
console.log(different, unrecordedReads, small.iommu.counters().iotlbHits); // => 0, 0, 0n
// #endregion

// #region size
const random = Recorder.inMemory();
const large = await startUnit({ tap: random.recorder });
for (let page = 0n; page < 4096n; page++) large.pages.map(page << 12n, 0x20_0000n);
let state = 1;
for (let request = 0; request < 20_000; request++) {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
  large.iommu.translate({ ...dma, address: BigInt(state >>> 20) << 12n });
}
random.recorder.finish();
console.log((random.sink.bytes.length / 20_000).toFixed(1)); // => "4.2"
// #endregion
