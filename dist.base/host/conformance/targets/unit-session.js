import { abilityNames } from "../abilities.js";
/** RAM of every unit in process, and the part of it that the suite uses. */
export const RAM_BYTES = 32 * 2 ** 20;
const SUITE_RAM = { start: 0x200000n, end: BigInt(RAM_BYTES) };
/** Two endpoints; every other source-id is as good. */
const ENDPOINTS = [0x0110, 0x0218];
const INTERRUPT_RANGE = 0xfee00000n;
/** A session with a unit in this process, or with one that looks like it. */
export class UnitSession {
    description;
    #unit;
    #memory;
    #events = [];
    constructor(unit, memory, hostAddressWidth, without = ["config"]) {
        this.#unit = unit;
        this.#memory = memory;
        this.description = {
            abilities: new Set(abilityNames.filter((ability) => !without.includes(ability))),
            memory: SUITE_RAM,
            hostAddressWidth,
            endpoints: ENDPOINTS,
        };
        unit.on("interrupt", (message) => this.#events.push({ kind: "interrupt", ...message }));
        unit.on("pageGroupResponse", (response) => this.#events.push({ kind: "page-group-response", ...response }));
        unit.on("deviceTlbInvalidate", (request) => this.#events.push({ kind: "device-tlb-invalidate", ...request }));
    }
    perform(operations) {
        return Promise.resolve(operations.map((operation) => this.#perform(operation)));
    }
    close() {
        return Promise.resolve();
    }
    #perform(operation) {
        try {
            const handle = this.#handlers[operation.op];
            return { ok: true, ...handle(operation) };
        }
        catch (error) {
            return { ok: false, reason: error instanceof Error ? error.message : String(error) };
        }
    }
    #handlers = {
        "read-register": ({ offset, size }) => {
            const { value } = this.#unit.access({ kind: "read", offset, size });
            return { value };
        },
        "write-register": ({ offset, size, value }) => {
            this.#unit.access({ kind: "write", offset, size, value });
            return {};
        },
        "read-memory": ({ address, length }) => ({ data: this.#memory.readBytes(address, length) }),
        "write-memory": ({ address, data }) => {
            this.#memory.writeBytes(address, data);
            return {};
        },
        "fill-memory": ({ address, length, value }) => {
            this.#memory.fill(address, length, value);
            return {};
        },
        "read-config": () => unsupported("a unit without a bus has no configuration space"),
        "write-config": () => unsupported("a unit without a bus has no configuration space"),
        dma: (operation) => this.#dma(operation),
        "begin-access": (operation) => {
            const { result, token } = this.#unit.beginAccess(requestOf(operation));
            return { ...outcomeOf(result), token: token ?? 0 };
        },
        "end-access": ({ token }) => {
            if (token !== 0)
                this.#unit.endAccess(token);
            return {};
        },
        "request-translation": (operation) => {
            const { sourceId, pasid, address, noWrite = false } = operation;
            const { privileged = false, execute = false } = operation;
            const fields = { sourceId, pasid, address, noWrite, privileged, execute };
            const result = this.#unit.requestTranslation(fields);
            if (result.status !== "ok")
                return { outcome: "blocked", completion: result.completion };
            return {
                outcome: "completed",
                read: result.read,
                write: result.write,
                untranslatedOnly: result.untranslatedOnly,
                noSnoop: result.noSnoop,
                privileged: result.privileged,
                execute: result.execute,
                global: result.global,
                address: result.address,
                pageSize: result.pageSize,
            };
        },
        "request-page": ({ sourceId, pasid, privileged = false, execute = false, ...page }) => {
            const { address, read, write, last, group } = page;
            const flags = { read, write, last, group, privileged, execute };
            this.#unit.requestPage({ sourceId, pasid, address, ...flags });
            return {};
        },
        interrupt: (request) => {
            this.#interrupt(request);
            return {};
        },
        "complete-invalidation": ({ sourceId, itag }) => {
            this.#unit.completeInvalidation({ sourceId, itag });
            return {};
        },
        advance: ({ ticks }) => {
            this.#unit.advance(ticks);
            return {};
        },
        reset: ({ kind }) => {
            this.#unit.reset(kind);
            return {};
        },
        poison: ({ address, length, reads = true, writes = true }) => {
            this.#memory.poison(address, length, { reads, writes });
            return {};
        },
        heal: () => {
            this.#memory.heal();
            return {};
        },
        "take-events": () => ({ events: this.#events.splice(0) }),
    };
    #dma(operation) {
        const { sourceId, address, access, length, data, translated = false } = operation;
        const request = requestOf(operation);
        const result = translated
            ? this.#unit.translateTranslated(request)
            : this.#unit.translate(request);
        const answer = outcomeOf(result);
        if (answer.outcome === "interrupt") {
            const message = data ?? new Uint8Array(4);
            const view = new DataView(message.buffer, message.byteOffset, message.length);
            this.#interrupt({ sourceId, address, data: view.getUint32(0, true) });
        }
        return result.status === "ok" ? this.#move(result.address, access, length, data) : answer;
    }
    /** Moves the bytes of a request that was let through. */
    #move(address, access, length, data) {
        if (length === 0)
            return { outcome: "done" };
        if (!this.#memory.contains(address, length))
            return { outcome: "no-memory" };
        const found = this.#memory.readBytes(address, length);
        if (access !== "read")
            this.#memory.writeBytes(address, data ?? new Uint8Array(length));
        return access === "write" ? { outcome: "done" } : { outcome: "done", data: found };
    }
    #interrupt(request) {
        const { sourceId, address, data } = request;
        const inRange = address >= INTERRUPT_RANGE && address < INTERRUPT_RANGE + 0x100000n;
        if (!inRange)
            throw new RangeError(`0x${address.toString(16)} is not in the interrupt range`);
        const result = this.#unit.remapInterrupt({ sourceId, address, data });
        if (result.status !== "ok")
            return;
        this.#events.push({ kind: "interrupt", address: result.address, data: result.data });
    }
}
function requestOf(operation) {
    const { sourceId, pasid, address, access, length } = operation;
    const { privileged = false, execute = false } = operation;
    return { sourceId, pasid, address, access, privileged, execute, size: length };
}
function outcomeOf(result) {
    if (result.status === "ok")
        return { outcome: "done" };
    if (result.status === "interrupt")
        return { outcome: "interrupt" };
    return { outcome: "blocked", completion: result.completion };
}
function unsupported(reason) {
    throw new Error(reason);
}
