import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { parseEndpoints } from "../../host/cli/boot-endpoints.js";
import { guestImage, x86 } from "../emulators/v86/guest-code.js";
import { temporaryFolder, viommuHere } from "./run.js";

const IDENTITY = { "dma-engine": 0xd3a1_1234, edu: 0x11e8_1234, "iommu-testdev": 0x0005_1b36 };

/** A guest that passes if the function at a place of bus 0 has this identity. */
async function bootFinds(at: number, identity: number, ...args: string[]): Promise<number | null> {
  const code = [x86.out32(0xcf8, 0x8000_0000 + (at << 8)), x86.in32(0xcfc)];
  const path = join(temporaryFolder(), "guest.elf");
  writeFileSync(path, new Uint8Array(guestImage(...code, x86.exitWithEaxMinus(identity))));
  return (await viommuHere(["boot", path, "--quiet", ...args])).code;
}

it("has a dma-engine and an edu where nothing is asked for", async () => {
  expect(parseEndpoints([])).toEqual({});
  expect(await bootFinds(0x10, IDENTITY["dma-engine"])).toBe(0);
  expect(await bootFinds(0x18, IDENTITY.edu)).toBe(0);
  expect(await bootFinds(0x20, 0xffff_ffff)).toBe(0);
});

it("plugs in what is asked for, at its usual place or at the one that is given", async () => {
  const args = ["--endpoint", "iommu-testdev", "--endpoint", "edu@00:0e.0"];
  expect(await bootFinds(0x20, IDENTITY["iommu-testdev"], ...args)).toBe(0);
  expect(await bootFinds(0x70, IDENTITY.edu, ...args)).toBe(0);
  expect(await bootFinds(0x10, 0xffff_ffff, ...args)).toBe(0);
});

it("gives an endpoint its options", () => {
  const { endpoints } = parseEndpoints(["dma-engine@00:0a.0,queues=2,pasid-bits=16"]);
  expect(endpoints?.map(({ at }) => at)).toEqual(["00:0a.0"]);
  const pasid = endpoints![0]!.model
    .capabilities("root-complex-endpoint")
    .find(({ id }) => id === 0x1b);
  expect(pasid?.fields[0]?.value).toBe(0x1006);
});

it.each([
  [["nope"], /"nope": expected KIND or KIND@PLACE.*kinds are dma-engine, edu/],
  [["edu@1@2"], /expected KIND or KIND@PLACE/],
  [["edu@5"], /expected "bus:device\.function"/],
  [["edu,dma-mask=x"], /dma-mask "x" is no number/],
  [["dma-engine,queues=9"], /queues must be 1 to 8, got 9/],
  [["dma-engine,speed=9"], /"speed=9" is no option of dma-engine; it has queues=NUMBER/],
  [["edu", "iommu-testdev@0:3.0"], /there is one at 00:03\.0 already/],
])("refuses %j", (texts, message) => {
  expect(() => parseEndpoints(texts)).toThrow(message);
});

it("ends with 2 and a message for a place that v86 uses itself", async () => {
  const { code, stderr } = await viommuHere(["boot", "--endpoint", "edu@00:01.0"]);
  expect(stderr).toMatch(/PCI function 00:01\.0 is taken by v86's own/);
  expect(code).toBe(2);
});
