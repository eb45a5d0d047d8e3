import { join } from "node:path";
import { dmarTable, registerSizeLog2 } from "../../acpi/dmar.js";
import { endpointModel, type EndpointChoice } from "../../devices/gallery.js";
import { Iommu, type IommuOptions } from "../../iommu.js";
import { hasAts } from "../../pci/ats-capability.js";
import { PciBus } from "../../pci/bus.js";
import type { EndpointFunction } from "../../pci/function.js";
import type { IommuPort } from "../../pci/iommu-port.js";
import { formatBdf, splitBdf } from "../../pci/topology.js";
import type { MessageSignaledInterrupt } from "../../spec/requests.js";
import { parseSourceId, type SourceId } from "../../spec/source-id.js";
import { BackgroundClock } from "./background-clock.js";
import { serveEndpoint } from "./endpoint-service.js";
import { FunctionSocket, type FunctionSocketEvents } from "./function-socket.js";
import type { DmaLayout } from "./protocol/dma-messages.js";
import { isPrivateMemory, RamFile } from "./ram-file.js";
import { bytesOf } from "./register-bytes.js";
import { serveUnit, UNIT_WINDOW_BASE } from "./unit-service.js";

/** An endpoint of the gallery on bus 0 of QEMU's machine. */
export type ServedEndpoint = EndpointChoice & {
  /** "00:05.0"; QEMU's option `addr` has to say the same. */
  readonly at: SourceId;
};

export interface VfioUserServerOptions {
  /** Of the unit. Default: preset "linux", which does without interrupt remapping: see the guide. */
  readonly unit?: Omit<IommuOptions, "memory" | "reportWrites">;
  /** A folder for the sockets: short, for their paths have at most 107 bytes. */
  readonly directory: string;
  /** The file of QEMU's memory-backend-file, made with share=on. It must exist. */
  readonly ramFile: string;
  /** Default: a dma-engine at 00:05.0. */
  readonly endpoints?: readonly ServedEndpoint[];
  /** Place of the unit's function on bus 0. Default 00:04.0. */
  readonly unitAt?: SourceId;
  /** What stands between the endpoints and the unit, and sees their requests. Default: nothing does. */
  readonly between?: (unit: Iommu) => IommuPort;
  /** QEMU 10.1 and 10.2 have "count32". Default "count64". */
  readonly dmaLayout?: DmaLayout;
}

export interface VfioUserServerEvents {
  /** A client has come to the function of this name. */
  connected: string;
  /** A request got an error reply, or a client was sent away. */
  refused: string;
  /** A client is gone: the reason if it did not close in order. */
  disconnected: { readonly name: string; readonly reason: string | undefined };
  /** The guest has put the registers elsewhere than DMAR says: it cannot find them. */
  misplaced: string;
  /** The guest's memory is not in the RAM file: the unit would read zeros for tables. */
  unshared: string;
  /** An interrupt message that the client took. */
  interruptTaken: MessageSignaledInterrupt;
  /** An interrupt message that no client took. */
  lostInterrupt: MessageSignaledInterrupt;
}

type Listeners = {
  [K in keyof VfioUserServerEvents]: Set<(what: VfioUserServerEvents[K]) => void>;
};

const MESSAGE_BYTES = 4;

/**
 * A unit and endpoints behind it for a QEMU that runs beside this process: one socket for each function.
 * Tables, queues and the data of DMA are read and written in the shared RAM file; messages carry register
 * accesses one way, and interrupts the other.
 */
export class VfioUserServer {
  readonly iommu: Iommu;
  readonly bus: PciBus;
  readonly memory: RamFile;
  readonly endpoints: readonly EndpointFunction[];
  readonly #sockets: readonly FunctionSocket[];
  #interruptsDelivered = 0;
  readonly #unitAt: number;
  readonly #clock: BackgroundClock;
  readonly #listeners: Listeners = {
    connected: new Set(),
    refused: new Set(),
    disconnected: new Set(),
    misplaced: new Set(),
    unshared: new Set(),
    interruptTaken: new Set(),
    lostInterrupt: new Set(),
  };

  private constructor(
    iommu: Iommu,
    memory: RamFile,
    sockets: FunctionSocket[],
    options: VfioUserServerOptions,
  ) {
    this.iommu = iommu;
    this.memory = memory;
    this.bus = new PciBus({ memory });
    this.#clock = this.#createClock();
    this.#connectUnit(options.between?.(iommu) ?? iommu);
    const { endpoints = [{ kind: "dma-engine", at: "00:05.0" }] } = options;
    this.#unitAt = parseSourceId(options.unitAt ?? "00:04.0");
    this.endpoints = endpoints.map(({ at, ...choice }) =>
      this.bus.addEndpoint({ bdf: parseSourceId(at), model: endpointModel(choice) }),
    );
    sockets.push(...this.#createSockets(options));
    this.#sockets = sockets;
  }

  /**
   * A server that listens on all its sockets.
   * @throws RangeError, CapabilityError for options that cannot be.
   * @throws Error of node:fs or node:net if the file or a socket cannot be used.
   */
  static async start(options: VfioUserServerOptions): Promise<VfioUserServer> {
    const sockets: FunctionSocket[] = [];
    const memory = new RamFile(options.ramFile, () => sockets.map(({ dma }) => dma));
    const iommu = await Iommu.create({ preset: "linux", ...options.unit, memory });
    const server = new VfioUserServer(iommu, memory, sockets, options);
    try {
      await listenAll(sockets);
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /** Place and socket of each function, the unit's first: what QEMU's options name. */
  get functions(): readonly { readonly at: string; readonly socket: string }[] {
    const places = [this.#unitAt, ...this.endpoints.map(({ id }) => id)];
    return this.#sockets.map(({ path }, index) => ({
      at: formatBdf(places[index]!),
      socket: path,
    }));
  }

  /** Interrupt messages that the client of the unit took. */
  get interruptsDelivered(): number {
    return this.#interruptsDelivered;
  }

  /** The DMAR table that tells the guest of the unit, for QEMU's option -acpitable. */
  get dmar(): Uint8Array {
    const scope = ({ id }: EndpointFunction) =>
      ({ kind: "endpoint", path: [splitBdf(id).slot] }) as const;
    const withAts = this.endpoints.filter(({ config }) => hasAts(config)).map(scope);
    const { hostAddressWidth, registerBytes } = this.iommu.capabilities;
    const place = { base: BigInt(UNIT_WINDOW_BASE), sizeLog2: registerSizeLog2(registerBytes) };
    return dmarTable({
      hostAddressWidth,
      units: [{ ...place, scopes: this.endpoints.map(scope) }],
      ...(withAts.length > 0 && { integratedDevices: [{ scopes: withAts }] }),
    });
  }

  on<K extends keyof VfioUserServerEvents>(
    event: K,
    listener: (what: VfioUserServerEvents[K]) => void,
  ): () => void {
    const listeners = this.#listeners[event];
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Ends all clients, and takes the sockets away. */
  async close(): Promise<void> {
    this.#clock.stop();
    await Promise.all(this.#sockets.map((socket) => socket.close()));
    this.memory.close();
  }

  #emit<K extends keyof VfioUserServerEvents>(event: K, what: VfioUserServerEvents[K]): void {
    for (const listener of [...this.#listeners[event]]) listener(what);
  }

  #createClock(): BackgroundClock {
    return new BackgroundClock({
      tick: () => {
        this.iommu.advance(1);
        for (const { endpoint } of this.bus.topology.endpoints()) endpoint.tick(1);
      },
      busy: () => this.bus.topology.endpoints().some(({ endpoint }) => endpoint.busy),
      awaitsDeadline: () => this.iommu.nextDeadline() !== undefined,
      skipToDeadline: () => {
        this.iommu.advance(this.iommu.nextDeadline() ?? 0);
      },
    });
  }

  #connectUnit(port: IommuPort): void {
    const { iommu, bus } = this;
    bus.addUnit({ port, covers: () => true });
    iommu.on("interrupt", (message) => {
      bus.deliverInterrupt(message);
    });
    iommu.on("pageGroupResponse", (response) => {
      bus.deliverPageGroupResponse(response);
    });
    iommu.on("deviceTlbInvalidate", (request) => {
      bus.deliverDeviceTlbInvalidate(request);
    });
    bus.on("interrupt", (message) => {
      this.#sendInterrupt(message);
    });
  }

  #createSockets(options: VfioUserServerOptions): FunctionSocket[] {
    const accessed = (): void => {
      this.#clock.wake();
    };
    const unit = serveUnit({
      iommu: this.iommu,
      resetting: () => {
        this.bus.abandonRequests();
      },
      accessed,
      placed: (address) => {
        if (address !== UNIT_WINDOW_BASE) this.#emit("misplaced", misplaced(address));
      },
    });
    const served = [unit, ...this.endpoints.map((endpoint) => serveEndpoint(endpoint, accessed))];
    const names = ["unit", ...this.endpoints.map(({ id }) => formatBdf(id).replaceAll(":", "-"))];
    const { directory, dmaLayout = "count64" } = options;
    return served.map(
      (each, index) =>
        new FunctionSocket({
          path: join(directory, `${names[index]!}.sock`),
          served: each,
          dmaLayout,
          events: this.#socketEvents(),
        }),
    );
  }

  #socketEvents(): FunctionSocketEvents {
    return {
      connected: ({ name }) => {
        this.#emit("connected", name);
      },
      mapped: (_served, region) => {
        if (isPrivateMemory(region)) this.#emit("unshared", UNSHARED);
      },
      refused: ({ name }, reason) => {
        this.#emit("refused", `${name}: ${reason}`);
      },
      disconnected: ({ name }, reason) => {
        this.#emit("disconnected", { name, reason });
      },
    };
  }

  /** An interrupt is a write of its data; the unit's client is a bus master always. */
  #sendInterrupt(message: MessageSignaledInterrupt): void {
    const client = this.#sockets[0]?.client;
    if (client === undefined) {
      this.#emit("lostInterrupt", message);
      return;
    }
    void client
      .dmaWrite(message.address, bytesOf(BigInt(message.data), MESSAGE_BYTES))
      .then((taken) => {
        if (!taken) {
          this.#emit("lostInterrupt", message);
          return;
        }
        this.#interruptsDelivered++;
        this.#emit("interruptTaken", message);
      });
  }
}

/** None is left on its way when this throws. */
async function listenAll(sockets: readonly FunctionSocket[]): Promise<void> {
  const outcomes = await Promise.allSettled(sockets.map((socket) => socket.listen()));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

const UNSHARED =
  "the guest's memory is not shared with the server: give QEMU's memory-backend-file the option share=on, " +
  "and the machine that memory";

function misplaced(address: number): string {
  const hex = (value: number) => `0x${value.toString(16)}`;
  return (
    `the guest has put the unit's registers at ${hex(address)}, and DMAR says ${hex(UNIT_WINDOW_BASE)}: ` +
    `take a device with a window of 16 MiB or more out of the machine`
  );
}
