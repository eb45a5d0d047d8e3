import { describe, expect, it } from "vitest";
import { addCapabilities } from "../../host/pci/capability.js";
import { ConfigSpace } from "../../host/pci/config-space.js";

describe("configuration space", () => {
  it("lets software write only the writable bits, at every width", () => {
    const config = new ConfigSpace();
    config.define({ at: 0x40, size: 4, value: 0x1122_3344, writable: 0x00ff_ff0f });
    config.write(0x40, 4, 0xffff_ffff);
    expect(config.read(0x40, 4)).toBe(0x11ff_ff4f);
    config.write(0x41, 1, 0);
    expect(config.read(0x40, 4)).toBe(0x11ff_004f);
    config.write(0x42, 2, 0xaa55);
    expect(config.read(0x42, 2)).toBe(0x1155);
    expect(config.read(0x43, 1)).toBe(0x11);
  });

  it("clears bits by writing 1 and keeps those that get a 0", () => {
    const config = new ConfigSpace();
    config.define({ at: 6, size: 2, value: 0, writeOneToClear: 0xf900 });
    config.set(6, 2, 0xf910);
    config.write(6, 2, 0x8000);
    expect(config.read(6, 2)).toBe(0x7910);
    config.write(7, 1, 0xff);
    expect(config.read(6, 2)).toBe(0x0010);
  });

  it("answers all ones, and ignores writes, across a double word and beyond the end", () => {
    const config = new ConfigSpace();
    config.define({ at: 0x40, size: 4, value: 0, writable: 0xffff_ffff });
    config.define({ at: 0x44, size: 4, value: 0, writable: 0xffff_ffff });
    config.write(0x43, 2, 0xffff);
    config.write(0x42, 4, 0xffff_ffff);
    expect(config.read(0x40, 4)).toBe(0);
    expect(config.read(0x43, 2)).toBe(0xffff);
    expect(config.read(0x41, 4)).toBe(0xffff_ffff);
    expect(config.read(0x1000, 1)).toBe(0xff);
    expect(config.read(0x41, 2)).toBe(0);
  });

  it("reads 0 where nothing is defined", () => {
    const config = new ConfigSpace();
    config.write(0x800, 4, 0xffff_ffff);
    expect(config.read(0x800, 4)).toBe(0);
  });

  it("calls a watcher after a write that touches its range, and only then", () => {
    const config = new ConfigSpace();
    config.define({ at: 0x40, size: 2, value: 0, writable: 0xffff });
    const seen: number[] = [];
    config.watch(0x40, 2, () => seen.push(config.get(0x40, 2)));
    config.write(0x41, 1, 0x12);
    config.write(0x40, 4, 0x3456);
    config.write(0x42, 2, 1);
    config.set(0x40, 2, 9);
    expect(seen).toEqual([0x1200, 0x3456]);
  });

  it("goes back to its reset values", () => {
    const config = new ConfigSpace();
    config.define({ at: 0x40, size: 4, value: 5, writable: 0xffff_ffff });
    config.write(0x40, 4, 6);
    config.reset();
    expect(config.read(0x40, 4)).toBe(5);
    expect(config.bytes(0x41)[0x40]).toBe(5);
  });

  it("refuses fields that do not exist", () => {
    const config = new ConfigSpace();
    expect(() => config.set(0xffe, 4, 0)).toThrow(/0xffe/);
  });
});

describe("capability lists", () => {
  it("link standard structures from 34h and extended ones from 100h, in the order given", () => {
    const config = new ConfigSpace();
    addCapabilities(config, [
      { kind: "standard", id: 0x10, at: 0x40, fields: [{ at: 4, size: 4, value: 7 }] },
      { kind: "extended", id: 0x0f, at: 0x100, fields: [] },
      { kind: "standard", id: 0x05, at: 0x80, fields: [] },
      { kind: "extended", id: 0x13, at: 0x110, version: 2, fields: [] },
    ]);
    expect(config.read(0x34, 1)).toBe(0x40);
    expect(config.read(0x40, 2)).toBe(0x8010);
    expect(config.read(0x80, 2)).toBe(0x0005);
    expect(config.read(0x44, 4)).toBe(7);
    expect(config.read(0x100, 4)).toBe(0x1101_000f);
    expect(config.read(0x110, 4)).toBe(0x0002_0013);
  });

  it("cannot begin an extended list elsewhere", () => {
    const capability = { kind: "extended", id: 0x0f, at: 0x110, fields: [] } as const;
    expect(() => {
      addCapabilities(new ConfigSpace(), [capability]);
    }).toThrow(/0x100/);
  });
});
