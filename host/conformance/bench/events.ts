import type { TargetEvent } from "../operation.js";
import type { Channel } from "./channel.js";
import type { RegisterBank } from "./registers.js";

/** The event interfaces of §11.4, by the letters ahead of CTL, DATA, ADDR and UADDR. */
const interfaces = { fault: "FE", invalidation: "IE", "page-request": "PE" } as const;

export type EventInterfaceName = keyof typeof interfaces;

export interface EventMessage {
  readonly address: number;
  readonly data: number;
}

/** A message of each interface that no other has. */
export const EVENT_MESSAGES: Readonly<Record<EventInterfaceName, EventMessage>> = {
  fault: { address: 0xfee0_1004, data: 0x41 },
  invalidation: { address: 0xfee0_2004, data: 0x52 },
  "page-request": { address: 0xfee0_3004, data: 0x63 },
};

type EventOf<K extends TargetEvent["kind"]> = Extract<TargetEvent, { readonly kind: K }>;

/** Messages that leave the unit, and the registers that make it send some. */
export class UnitEvents {
  readonly #channel: Channel;
  readonly #registers: RegisterBank;
  #kept: TargetEvent[] = [];

  constructor(channel: Channel, registers: RegisterBank) {
    this.#channel = channel;
    this.#registers = registers;
  }

  /** Name of the control register of an interface. */
  control(name: EventInterfaceName): string {
    return `${interfaces[name]}CTL`;
  }

  /** Programs the message of an interface, and takes its mask away. */
  async unmask(
    name: EventInterfaceName,
    message: EventMessage = EVENT_MESSAGES[name],
  ): Promise<void> {
    const prefix = interfaces[name];
    await this.#registers.write(`${prefix}DATA`, BigInt(message.data));
    await this.#registers.write(`${prefix}ADDR`, BigInt(message.address));
    await this.#registers.write(this.control(name), 0n);
  }

  /** Sets the mask of an interface. */
  async mask(name: EventInterfaceName): Promise<void> {
    await this.#registers.write(this.control(name), { IM: 1 });
  }

  /** The interrupts since the last time, in order. */
  async interrupts(): Promise<EventOf<"interrupt">[]> {
    this.#channel.require("interrupts");
    return this.#take("interrupt");
  }

  /** The page group responses since the last time, in order. */
  async responses(): Promise<EventOf<"page-group-response">[]> {
    this.#channel.require("pri");
    return this.#take("page-group-response");
  }

  /** The device-TLB invalidations since the last time, in order. */
  async invalidations(): Promise<EventOf<"device-tlb-invalidate">[]> {
    this.#channel.require("device-tlb");
    return this.#take("device-tlb-invalidate");
  }

  /** Everything since the last time, in order. */
  async all(): Promise<TargetEvent[]> {
    await this.#fetch();
    return this.#kept.splice(0);
  }

  async #take<K extends TargetEvent["kind"]>(kind: K): Promise<EventOf<K>[]> {
    await this.#fetch();
    const taken = this.#kept.filter((event): event is EventOf<K> => event.kind === kind);
    this.#kept = this.#kept.filter((event) => event.kind !== kind);
    return taken;
  }

  async #fetch(): Promise<void> {
    this.#kept.push(...(await this.#channel.ask({ op: "take-events" })).events);
  }
}
