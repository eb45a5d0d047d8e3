import { describe, expect, it } from "vitest";

import { runAtOnce } from "../../../host/driver/handler/index.js";
import { programs } from "../iommufd-programs/programs.js";
import { Recorder } from "../iommufd-programs/recorder.js";
import { recordedPrograms } from "../iommufd-programs/recording.js";
import { WrittenSystem } from "../iommufd-programs/written-system.js";

/** The programs ran in a guest (test/linux/remote.spec.ts): here they get the same answers once more. */
describe("programs with IOMMUFD, over what Linux 7.2 answered in a recorded run", () => {
  const recorded = recordedPrograms();

  it.each(programs)("%s: the same calls", (title, program) => {
    const lines = recorded.get(title)!;
    const written = new WrittenSystem(lines);
    const recorder = new Recorder(written);
    runAtOnce(program(recorder));
    expect(recorder.lines).toEqual(lines);
    expect(written.isOver).toBe(true);
  });
});
