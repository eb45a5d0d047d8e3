import { beforeAll, describe, expect, it } from "vitest";

import { runAtOnce } from "../../../host/driver/handler/index.js";
import { ModelledSystem } from "../iommufd-programs/modelled-system.js";
import { programs } from "../iommufd-programs/programs.js";
import { Recorder } from "../iommufd-programs/recorder.js";
import { recordedPrograms } from "../iommufd-programs/recording.js";

/** What the recorded run of Linux has (test/linux/remote.spec.ts), of the same programs with the same device. */
describe("the driver stub with iommufd over the unit answers programs as Linux 7.2 does", () => {
  const recorded = recordedPrograms();
  let system: ModelledSystem;
  beforeAll(async () => {
    system = await ModelledSystem.create();
  });

  // One after the other, as in the guest: group indexes of the engine go on.
  it.each(programs)("%s: every call, message by message", (title, program) => {
    const recorder = new Recorder(system);
    runAtOnce(program(recorder));
    expect(recorder.lines).toEqual(recorded.get(title));
  });
});
