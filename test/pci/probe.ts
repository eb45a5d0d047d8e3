import type { DmaPort } from "../../host/pci/dma-port.js";
import type { Endpoint, EndpointModel } from "../../host/pci/endpoint.js";
import { msiCapability } from "../../host/pci/msi.js";
import { pcieCapability } from "../../host/pci/pcie-capability.js";
import type { ConfigSpace } from "../../host/pci/config-space.js";
import type { DeviceTlbInvalidate, PageGroupResponse } from "../../host/spec/requests.js";

/** An endpoint without behaviour: tests hold its ports, and see what reaches it. */
export class Probe implements Endpoint {
  readonly config: ConfigSpace;
  readonly dma: DmaPort;
  readonly accesses: string[] = [];
  readonly responses: PageGroupResponse[] = [];
  readonly invalidations: DeviceTlbInvalidate[] = [];
  readonly busy = false;
  resets = 0;

  constructor(config: ConfigSpace, dma: DmaPort) {
    this.config = config;
    this.dma = dma;
  }

  readBar(bar: number, offset: number, size: number): bigint {
    this.accesses.push(`read ${bar} ${offset.toString(16)} ${size}`);
    return 0x1234_5678n;
  }

  writeBar(bar: number, offset: number, size: number, value: bigint): void {
    this.accesses.push(`write ${bar} ${offset.toString(16)} ${size} ${value.toString(16)}`);
  }

  tick(): void {
    this.accesses.push("tick");
  }

  reset(): void {
    this.resets += 1;
  }

  pageGroupResponse(response: PageGroupResponse): void {
    this.responses.push(response);
  }

  deviceTlbInvalidate(request: DeviceTlbInvalidate): void {
    this.invalidations.push(request);
  }
}

export const MSI_AT = 0x80;

/** A model of a probe; `probes` receives each instance that a bus connects. */
export function probeModel(probes: Probe[], barSize = 0x2_0000): EndpointModel {
  return {
    identity: { vendor: 0x1234, device: 0x0001, classCode: 0xff0000, revision: 3 },
    bars: [{ index: 0, size: barSize }],
    capabilities: (type) => [pcieCapability(0x40, type), msiCapability(MSI_AT)],
    connect: ({ config, dma }) => {
      const probe = new Probe(config, dma);
      probes.push(probe);
      return probe;
    },
  };
}
