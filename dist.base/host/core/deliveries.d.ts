import type { Core } from "./core.js";
import { type IommuEvents, type Message } from "./outbox.js";
export type Listener<K extends keyof IommuEvents> = (event: IommuEvents[K]) => void;
/**
 * Carries messages from the core's outbox to the listeners, in order. A listener may call the unit:
 * what that causes is delivered behind what is on its way.
 */
export declare class Deliveries {
    #private;
    constructor(core: Core);
    /** Calls `listener` for each event of a kind; answers a function that ends that. */
    on<K extends keyof IommuEvents>(kind: K, listener: Listener<K>): () => void;
    /** Messages are on their way: a listener is running, or one threw and left some behind. */
    get underWay(): boolean;
    /** A listener is running. */
    get delivering(): boolean;
    /** Forgets messages that a listener's exception left behind. */
    forget(): void;
    /** Puts a message of the host's own behind those on their way. */
    add(message: Message): void;
    /** Empties the outbox, lets the core go on with what a full one had stopped, and calls the listeners. */
    deliver(): void;
}
