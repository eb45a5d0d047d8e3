import { describe, expect, it } from "vitest";

import { endpointKinds, endpointModel, type EndpointChoice } from "../../host/devices/index.js";
import { Machine } from "../../host/machine.js";

describe("the gallery of endpoints", () => {
  it.each(endpointKinds)(
    "a machine can have the endpoint %s, placed and decoding",
    async (kind) => {
      const machine = await Machine.create({
        memory: { size: 2 ** 20 },
        endpoints: [{ bdf: "00:05.0", kind }],
      });
      const { vendor, device } = endpointModel({ kind }).identity;
      expect(machine.config.read32(0x28, 0)).toBe(((device << 16) | vendor) >>> 0);
      expect(machine.config.read32(0x28, 0x10)).toBeGreaterThan(0);
      expect(machine.endpoint("00:05.0").memoryEnabled).toBe(true);
    },
  );

  it("has no other kinds", () => {
    const choice = { kind: "teapot" } as unknown as EndpointChoice;
    expect(() => endpointModel(choice)).toThrow(
      new RangeError(
        'no endpoint of kind "teapot": there are "dma-engine", "edu", "iommu-testdev"',
      ),
    );
  });
});
