import { constants } from "node:os";
import { describe, expect, it } from "vitest";
import { Errno, errnoNumbers, type ErrnoName } from "viommu/driver";

/** Linux's own, of which Node knows nothing. */
const LINUX_ALONE: readonly ErrnoName[] = ["EBADFD", "EPROBE_DEFER"];

describe("an error of the kernel", () => {
  it("has the name, the number and the reason", () => {
    const error = new Errno("EBUSY", "the group is open");
    expect(error).toMatchObject({ name: "EBUSY", number: 16, message: "the group is open" });
    expect(String(error)).toBe("EBUSY: the group is open");
  });

  it.runIf(process.platform === "linux")("has the number that the system gives it", () => {
    const known: Readonly<Record<string, number>> = constants.errno;
    const names = Object.keys(errnoNumbers) as ErrnoName[];
    for (const name of names.filter((each) => !LINUX_ALONE.includes(each))) {
      expect([name, errnoNumbers[name]]).toEqual([name, known[name]]);
    }
  });
});
