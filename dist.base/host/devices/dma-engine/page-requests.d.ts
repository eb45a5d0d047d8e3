import type { DmaPort } from "../../pci/dma-port.js";
import type { PriControl } from "../../pci/pri-capability.js";
import type { PageGroupResponse } from "../../spec/requests.js";
import type { Counters, Settings } from "./context.js";
import type { Need, TranslationTag } from "./device-tlb.js";
import type { References, Referents } from "./references.js";
export type GroupOutcome = "success" | "invalid" | "failure";
/** Page requests under one group index, from the first message to the response. */
export declare class PageGroup {
    /** The number of the queue that waits for the response; undefined once none does. */
    owner: number | undefined;
    readonly index: number;
    readonly tag: TranslationTag;
    readonly need: Need;
    /** Page addresses, in the order in which they are asked for. */
    readonly pages: readonly bigint[];
    /** Messages sent. */
    sent: number;
    outcome: GroupOutcome | undefined;
    constructor(owner: number | undefined, index: number, request: GroupRequest);
    get sentAll(): boolean;
    snapshot(): GroupData;
    static from({ owner, index, sent, outcome, ...request }: GroupData): PageGroup;
}
export interface GroupData extends GroupRequest {
    readonly owner?: number | undefined;
    readonly index: number;
    readonly sent: number;
    readonly outcome?: GroupOutcome | undefined;
}
export interface PageRequestsData {
    /** Groups by their numbers among the references. */
    readonly outstanding: readonly number[];
    readonly nextIndex: number;
}
export interface GroupRequest {
    readonly tag: TranslationTag;
    readonly need: Need;
    readonly pages: readonly bigint[];
}
export interface PageRequestParts {
    readonly control: PriControl;
    readonly dma: DmaPort;
    readonly settings: Settings;
    readonly counters: Counters;
    readonly raise: (interruptBits: number) => void;
}
/** The Page Request Interface of the device: groups outstanding, credits, responses. */
export declare class PageRequestInterface {
    #private;
    constructor(parts: PageRequestParts);
    get enabled(): boolean;
    /** Page requests that may be outstanding at once. */
    get allocation(): number;
    /** Credits that no group has taken; a group takes those for all its pages at once. */
    get freeCredits(): number;
    get requestsOutstanding(): number;
    get groupsOutstanding(): number;
    groupsOf(owner: number): PageGroup[];
    /** Gives the pages a group index; nothing is sent yet. */
    begin(owner: number, request: GroupRequest): PageGroup;
    /** Sends the message for the next page of a group. */
    sendNext(group: PageGroup): void;
    /**
     * The owner ignores the responses to come, which still return the credits; with a PASID a stop
     * marker tells the host.
     */
    releaseGroupsOf(owner: number, pasid: number | undefined): void;
    respond(response: PageGroupResponse): void;
    /** Ends every outstanding group as failed: nothing more is expected from the host. */
    forget(): void;
    snapshot(references: References): PageRequestsData;
    /** What the capability shows comes with configuration space. */
    restore({ outstanding, nextIndex }: PageRequestsData, referents: Referents): void;
}
