import {
  PciAccess,
  QtestClientError,
  QtestRefusal,
  type QtestClient,
} from "../../../emulators/qtest/index.js";
import type { Ability } from "../../abilities.js";
import type {
  Answer,
  Operation,
  OperationName,
  OperationTable,
  TargetEvent,
} from "../../operation.js";
import type { MemoryRange, Session, SessionDescription } from "../../target.js";
import { EduEndpoint, Unsupported } from "./edu-endpoint.js";
import { KnownPages } from "./known-pages.js";
import { UnitRegisters } from "./unit-registers.js";

/** RAM that a machine for the suite needs, and the part of it that the suite uses. */
export const MACHINE_MIB = 128;
const SUITE_RAM: MemoryRange = { start: 0x100_0000n, end: 0x400_0000n };

const EDU = { vendor: 0x1234, device: 0x11e8 };
const RESET_PORT = 0xcf9;
const RESET = 0x06;
/** A tick of viommu's machine. */
const NANOSECONDS_PER_TICK = 1_000_000n;
const ABILITIES: readonly Ability[] = ["reset", "dma", "interrupt-requests", "config"];
/** What viommu's own server has besides. */
const OWN_ABILITIES: readonly Ability[] = ["interrupts", "clock"];

type Handlers = {
  readonly [K in OperationName]?: (operation: Operation<K>) => Promise<OperationTable[K]["answer"]>;
};

/** A q35 machine with a unit and edus behind the qtest protocol. */
export class QtestSession implements Session {
  readonly description: SessionDescription;
  readonly #client: QtestClient;
  readonly #pci: PciAccess;
  readonly #unit: UnitRegisters;
  readonly #pages: KnownPages;
  readonly #close: () => Promise<void>;
  #endpoints: readonly EduEndpoint[] = [];

  private constructor(
    client: QtestClient,
    description: SessionDescription,
    close: () => Promise<void>,
  ) {
    this.#client = client;
    this.#pci = new PciAccess(client);
    this.#unit = new UnitRegisters(client);
    this.#pages = new KnownPages(client);
    this.#close = close;
    this.description = description;
  }

  /** @throws QtestClientError if the server is gone. */
  static async open(
    client: QtestClient,
    hostAddressWidth: number,
    close: () => Promise<void>,
  ): Promise<QtestSession> {
    const isOwn = await client.command("viommu_messages").then(
      () => true,
      (error: unknown) => {
        if (error instanceof QtestRefusal) return false;
        throw error;
      },
    );
    const found = await new PciAccess(client).functions();
    const edus = found.filter(
      ({ vendor, device }) => vendor === EDU.vendor && device === EDU.device,
    );
    const abilities = edus.length === 0 ? (["reset"] as const) : ABILITIES;
    const session = new QtestSession(
      client,
      {
        abilities: new Set([...abilities, ...(isOwn ? OWN_ABILITIES : [])]),
        memory: SUITE_RAM,
        hostAddressWidth,
        endpoints: edus.map(({ bdf }) => bdf),
      },
      close,
    );
    await session.#reset();
    return session;
  }

  async perform(operations: readonly Operation[]): Promise<readonly Answer[]> {
    const answers: Promise<Answer>[] = [];
    for (const operation of operations) {
      const answer = this.#perform(operation);
      answers.push(answer);
      // One command each: they travel together.
      if (!TRAVELLING.has(operation.op)) await answer;
    }
    return Promise.all(answers);
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #perform(operation: Operation): Promise<Answer> {
    const handle = this.#handlers[operation.op] as ((of: Operation) => Promise<object>) | undefined;
    try {
      if (handle === undefined) throw new Unsupported(`${operation.op} cannot be said in qtest`);
      return { ok: true, ...(await handle(operation)) };
    } catch (error) {
      if (error instanceof Unsupported) {
        return { ok: false, reason: error.message, unsupported: true };
      }
      const isGone = error instanceof QtestClientError && !(error instanceof QtestRefusal);
      if (isGone || !(error instanceof Error)) throw error;
      return { ok: false, reason: error.message };
    }
  }

  readonly #handlers: Handlers = {
    "read-register": async ({ offset, size }) => ({
      value: await this.#unit.read(offset, accessSize(size)),
    }),
    "write-register": async ({ offset, size, value }) => {
      await this.#unit.write(offset, accessSize(size), value);
      return {};
    },
    "read-memory": async ({ address, length }) => ({
      data: await this.#client.readBytes(address, length),
    }),
    "write-memory": async ({ address, data }) => {
      this.#pages.note(address, data.length);
      await this.#client.writeBytes(address, data);
      return {};
    },
    "fill-memory": async ({ address, length, value }) => {
      this.#pages.note(address, length);
      await this.#client.fill(address, length, value);
      return {};
    },
    "read-config": async ({ sourceId, offset, size }) => ({
      value: await this.#pci.readConfig(
        this.#endpoint(sourceId).sourceId,
        conventional(offset),
        configSize(size),
      ),
    }),
    "write-config": async ({ sourceId, offset, size, value }) => {
      const { sourceId: bdf } = this.#endpoint(sourceId);
      await this.#pci.writeConfig(bdf, conventional(offset), configSize(size), value);
      return {};
    },
    dma: (operation) => this.#endpoint(operation.sourceId).dma(operation),
    interrupt: async ({ sourceId, address, data }) => {
      await this.#endpoint(sourceId).interrupt(address, data);
      return {};
    },
    advance: async ({ ticks }) => {
      await this.#client.clockStep(BigInt(ticks) * NANOSECONDS_PER_TICK);
      return {};
    },
    reset: async ({ kind }) => {
      if (kind !== "power-good")
        throw new Unsupported("q35 has no reset that keeps sticky registers");
      await this.#reset();
      return {};
    },
    "take-events": async () => {
      const isOwn = this.description.abilities.has("interrupts");
      return { events: isOwn ? messagesIn(await this.#client.command("viommu_messages")) : [] };
    },
  };

  #endpoint(sourceId: number): EduEndpoint {
    const found = this.#endpoints.find((each) => each.sourceId === sourceId);
    if (found === undefined) throw new Unsupported(`no endpoint has the source-id ${sourceId}`);
    return found;
  }

  /** By the reset control register of the chipset; base address registers are to be set anew. */
  async #reset(): Promise<void> {
    await this.#client.portWrite(RESET_PORT, 1, RESET);
    this.#pages.forget();
    const parts = {
      client: this.#client,
      pci: new PciAccess(this.#client),
      unit: this.#unit,
      pages: this.#pages,
    };
    const endpoints: EduEndpoint[] = [];
    for (const bdf of this.description.endpoints)
      endpoints.push(await EduEndpoint.open(parts, bdf));
    this.#endpoints = endpoints;
  }
}

const TRAVELLING: ReadonlySet<OperationName> = new Set([
  ...(["read-register", "write-register", "read-memory", "write-memory", "fill-memory"] as const),
]);

function accessSize(size: number): 1 | 2 | 4 | 8 {
  if (size === 1 || size === 2 || size === 4 || size === 8) return size;
  throw new Unsupported(`qtest has no access of ${size} bytes`);
}

function configSize(size: number): 1 | 2 | 4 {
  if (size === 1 || size === 2 || size === 4) return size;
  throw new RangeError(`an access to configuration space has 1, 2 or 4 bytes, got ${size}`);
}

function conventional(offset: number): number {
  if (offset < 256) return offset;
  throw new Unsupported("an edu has 256 bytes of configuration space");
}

/** "2 0xfee00000 0x31 0xfee00000 0x32" */
function messagesIn(text: string): TargetEvent[] {
  const [, ...words] = text.split(" ");
  return Array.from({ length: words.length / 2 }, (_, index) => ({
    kind: "interrupt",
    address: BigInt(words[2 * index]!),
    data: Number(words[2 * index + 1]!),
  }));
}
