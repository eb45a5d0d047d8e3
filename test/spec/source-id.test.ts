import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatSourceId, parseSourceId, sourceIdParts } from "../../host/spec/source-id.js";

describe("a source-id (§3.4.1)", () => {
  it("has the bus in bits 15:8, the device in 7:3 and the function in 2:0", () => {
    expect(parseSourceId("00:02.0")).toBe(0x0010);
    expect(parseSourceId("00:1f.7")).toBe(0x00ff);
    expect(parseSourceId("3A:00.1")).toBe(0x3a01);
    expect(sourceIdParts(0x3a17)).toEqual({ bus: 0x3a, device: 2, function: 7 });
  });

  it("comes back from its text unchanged, for every number", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (id) => {
        const text = formatSourceId(id);
        expect(text).toMatch(/^[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/);
        expect(parseSourceId(text)).toBe(id);
      }),
    );
  });

  it("may be a number already", () => {
    expect(parseSourceId(0xffff)).toBe(0xffff);
    expect(formatSourceId("0:2.0")).toBe("00:02.0");
  });

  it.each([
    ["00:20.0", "device 20 is not within 00 to 1f"],
    ["00:02.8", "function 8 is not within 0 to 7"],
    ["0000:00:02.0", "a source-id has no segment"],
    ["100:00.0", 'expected "bus:device.function" in hexadecimal'],
    ["00:02", 'expected "bus:device.function" in hexadecimal'],
    ["", 'expected "bus:device.function" in hexadecimal'],
  ])("is refused when it is %j, and the error says why", (text, why) => {
    expect(() => parseSourceId(text)).toThrow(RangeError);
    expect(() => parseSourceId(text)).toThrow(why);
    expect(() => parseSourceId(text)).toThrow(`"${text}"`);
  });

  it.each([-1, 0x10000, 1.5, Number.NaN])("is refused when it is the number %d", (id) => {
    expect(() => parseSourceId(id)).toThrow(`source-id ${id}: expected a number from 0 to 0xffff`);
  });
});
