import type { MemoryPort } from "../memory/port.js";
import type { PageRequest, PageRequestResult } from "../spec/requests.js";
import type { UnitCapabilities } from "./capabilities.js";
import type { EventInterface } from "./event-interface.js";
import type { Outbox } from "./outbox.js";
import type { RegisterFile } from "./register-file.js";
/** Response codes (Table 32). */
declare const CODES: {
    readonly success: 0;
    readonly "invalid-request": 1;
};
/** True for a message that says that a function has sent all its page requests. */
export declare function isStopMarker({ read, write, last }: PageRequest): boolean;
/** The page request queue, its status and event, and the answers that the unit gives itself (§7.4, §7.5). */
export declare class PageRequestQueue {
    #private;
    constructor(unit: UnitCapabilities, memory: MemoryPort, registers: RegisterFile, event: EventInterface, outbox: Outbox);
    /** A request that the tables allow. */
    take(request: PageRequest): PageRequestResult;
    /** Sends the answer to the last request of a group. */
    answer({ sourceId, pasid, group }: PageRequest, code: keyof typeof CODES, why: string): PageRequestResult & {
        status: "answered";
    };
    /** Software cleared status bits. */
    statusWritten(): void;
}
export {};
