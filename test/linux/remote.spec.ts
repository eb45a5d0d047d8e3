import { afterAll, expect, it } from "vitest";

import { runWaiting } from "../../host/driver/handler/index.js";
import { programs } from "../driver/iommufd-programs/programs.js";
import { Recorder } from "../driver/iommufd-programs/recorder.js";
import { RECORDED } from "../driver/iommufd-programs/recording.js";
import { runGuest } from "./guest.js";
import { RemoteLine } from "./remote/remote-line.js";
import { RemoteSystem } from "./remote/remote-system.js";

const line = new RemoteLine();
afterAll(() => {
  line.close();
});

it("Linux answers the programs with IOMMUFD as test/data has it, call by call", async () => {
  const guest = runGuest({ kernel: "iommufd", flows: ["remote"], args: ["--", ...line.options] });
  // A guest that ends early leaves nobody waiting.
  const gone = guest.finally(() => {
    line.close();
  });
  const system = await RemoteSystem.open(line);
  const recorder = new Recorder(system);
  for (const [title, program] of programs) {
    recorder.begin(title);
    await runWaiting(program(recorder));
  }
  await system.end();
  const { reason, verdict } = await gone;
  expect([reason, verdict]).toEqual([undefined, "pass"]);
  await expect(`${recorder.lines.join("\n")}\n`).toMatchFileSnapshot(RECORDED);
});
