import type { TargetEvent } from "../operation.js";
import type { Channel } from "./channel.js";
import type { RegisterBank } from "./registers.js";
/** The event interfaces of §11.4, by the letters ahead of CTL, DATA, ADDR and UADDR. */
declare const interfaces: {
    readonly fault: "FE";
    readonly invalidation: "IE";
    readonly "page-request": "PE";
};
export type EventInterfaceName = keyof typeof interfaces;
export interface EventMessage {
    readonly address: number;
    readonly data: number;
}
/** A message of each interface that no other has. */
export declare const EVENT_MESSAGES: Readonly<Record<EventInterfaceName, EventMessage>>;
type EventOf<K extends TargetEvent["kind"]> = Extract<TargetEvent, {
    readonly kind: K;
}>;
/** Messages that leave the unit, and the registers that make it send some. */
export declare class UnitEvents {
    #private;
    constructor(channel: Channel, registers: RegisterBank);
    /** Name of the control register of an interface. */
    control(name: EventInterfaceName): string;
    /** Programs the message of an interface, and takes its mask away. */
    unmask(name: EventInterfaceName, message?: EventMessage): Promise<void>;
    /** Sets the mask of an interface. */
    mask(name: EventInterfaceName): Promise<void>;
    /** The interrupts since the last time, in order. */
    interrupts(): Promise<EventOf<"interrupt">[]>;
    /** The page group responses since the last time, in order. */
    responses(): Promise<EventOf<"page-group-response">[]>;
    /** The device-TLB invalidations since the last time, in order. */
    invalidations(): Promise<EventOf<"device-tlb-invalidate">[]>;
    /** Everything since the last time, in order. */
    all(): Promise<TargetEvent[]>;
}
export {};
