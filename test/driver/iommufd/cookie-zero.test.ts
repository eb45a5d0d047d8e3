import { describe, expect, it } from "vitest";

import { fault, startIommufd } from "./world.js";

const INVALID = 1;

/** Linux 7.2 in a guest does so: test/data/linux-7.2-iommufd-calls.txt, "cookie zero". */
describe("an answer to cookie 0, which no group has", () => {
  const cookiesOf = (behaviour: "strictLinux72" | "fixed") => {
    const { idev, iommufd, ok, faultable, send, read, write } = startIommufd({ behaviour });
    const hwpt = faultable();
    ok(() => iommufd.attach(idev, hwpt));
    const cookies = () => {
      const messages = read();
      return typeof messages === "string" ? [] : messages.map(({ cookie }) => cookie);
    };
    expect(write([0, INVALID])).toBe("EINVAL 22");
    send(fault(1));
    const first = cookies();
    expect(write([0, INVALID])).toBe("EINVAL 22");
    send(fault(2), fault(3));
    const later = cookies();
    for (const cookie of [...first, ...later]) expect(write([cookie, INVALID])).toBe(8);
    send(fault(4));
    return [first, later, cookies()];
  };

  it("is refused, and lets Linux 7.2 give 0 out from then on, if another group waits", () => {
    expect(cookiesOf("strictLinux72")).toEqual([[1], [0, 2], [0]]);
  });

  it("is refused, and changes nothing in a repaired iommufd", () => {
    expect(cookiesOf("fixed")).toEqual([[1], [2, 3], [1]]);
  });
});
