const CONTROL = 0x02;
const ADDRESS = 0x04;
const ADDRESS_HIGH = 0x08;
const DATA = 0x0c;
const MASK = 0x10;
const PENDING = 0x14;
const ENABLE = 1;
const ADDRESS_64 = 1 << 7;
const PER_VECTOR_MASKING = 1 << 8;
/**
 * Message Signaled Interrupts, capability 05h: one message, 64-bit address; per-vector masking, with
 * its registers, unless `maskable` is false.
 */
export function msiCapability(at, maskable = true) {
    const features = ADDRESS_64 | (maskable ? PER_VECTOR_MASKING : 0);
    const masking = [
        { at: MASK, size: 4, value: 0, writable: 1 },
        { at: PENDING, size: 4, value: 0 },
    ];
    return {
        kind: "standard",
        id: 0x05,
        at,
        fields: [
            { at: CONTROL, size: 2, value: features, writable: ENABLE | 0x70 },
            { at: ADDRESS, size: 4, value: 0, writable: 0xffff_fffc },
            { at: ADDRESS_HIGH, size: 4, value: 0, writable: 0xffff_ffff },
            { at: DATA, size: 2, value: 0, writable: 0xffff },
            ...(maskable ? masking : []),
        ],
    };
}
/**
 * The message of a function. A message that is masked, or that the function may not send because
 * it is no bus master, is pending until it can go; with MSI disabled it is lost. A capability
 * without masking has no place for a pending message: one that cannot go at once is lost.
 */
export class Msi {
    #config;
    #at;
    #send;
    /** `send` answers false if the function may not send now. */
    constructor(config, at, send) {
        this.#config = config;
        this.#at = at;
        this.#send = send;
        config.watch(at, PENDING + 4, () => {
            this.retry();
        });
    }
    get enabled() {
        return (this.#config.get(this.#at + CONTROL, 2) & ENABLE) !== 0;
    }
    get pending() {
        return this.#maskable && this.#config.get(this.#at + PENDING, 4) !== 0;
    }
    /** Sends the message or makes it pending. True if it was sent. */
    raise() {
        if (!this.#maskable)
            return this.enabled && this.#send(this.#message);
        this.#config.set(this.#at + PENDING, 4, this.enabled ? 1 : 0);
        return this.retry();
    }
    /** Sends a pending message if nothing holds it back any more. True if it was sent. */
    retry() {
        if (!this.enabled || !this.pending || this.#config.get(this.#at + MASK, 4) !== 0)
            return false;
        const sent = this.#send(this.#message);
        if (sent)
            this.#config.set(this.#at + PENDING, 4, 0);
        return sent;
    }
    get #maskable() {
        return (this.#config.get(this.#at + CONTROL, 2) & PER_VECTOR_MASKING) !== 0;
    }
    get #message() {
        const high = BigInt(this.#config.get(this.#at + ADDRESS_HIGH, 4));
        const address = (high << 32n) | BigInt(this.#config.get(this.#at + ADDRESS, 4));
        return { address, data: this.#config.get(this.#at + DATA, 2) };
    }
}
