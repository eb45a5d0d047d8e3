import { intr, manner } from "./registers.js";
const GROUP_INDEXES = 512;
const SUCCESS = 0;
const INVALID_REQUEST = 1;
/** Page requests under one group index, from the first message to the response. */
export class PageGroup {
    /** The number of the queue that waits for the response; undefined once none does. */
    owner;
    index;
    tag;
    need;
    /** Page addresses, in the order in which they are asked for. */
    pages;
    /** Messages sent. */
    sent = 0;
    outcome;
    constructor(owner, index, request) {
        this.owner = owner;
        this.index = index;
        this.tag = request.tag;
        this.need = request.need;
        this.pages = request.pages;
    }
    get sentAll() {
        return this.sent === this.pages.length;
    }
    snapshot() {
        const { owner, index, tag, need, pages, sent, outcome } = this;
        return { owner, index, tag, need, pages, sent, outcome };
    }
    static from({ owner, index, sent, outcome, ...request }) {
        return Object.assign(new PageGroup(owner, index, request), { sent, outcome });
    }
}
/** The Page Request Interface of the device: groups outstanding, credits, responses. */
export class PageRequestInterface {
    #parts;
    #outstanding = [];
    #nextIndex = 0;
    constructor(parts) {
        this.#parts = parts;
        parts.control.onControlWrite(({ reset }) => {
            if (reset)
                this.forget();
            else
                this.#show();
        });
    }
    get enabled() {
        const { control, settings } = this.#parts;
        return control.enabled || settings.has(manner.ignoreEnables);
    }
    /** Page requests that may be outstanding at once. */
    get allocation() {
        const { control, settings } = this.#parts;
        if (settings.has(manner.ignoreEnables) && control.allocation === 0)
            return control.capacity;
        return control.allocation;
    }
    /** Credits that no group has taken; a group takes those for all its pages at once. */
    get freeCredits() {
        const taken = this.#outstanding.reduce((sum, group) => sum + group.pages.length, 0);
        return this.allocation - taken;
    }
    get requestsOutstanding() {
        return this.#outstanding.reduce((sum, group) => sum + group.sent, 0);
    }
    get groupsOutstanding() {
        return this.#outstanding.length;
    }
    groupsOf(owner) {
        return this.#outstanding.filter((group) => group.owner === owner);
    }
    /** Gives the pages a group index; nothing is sent yet. */
    begin(owner, request) {
        const group = new PageGroup(owner, this.#chooseIndex(), request);
        this.#outstanding.push(group);
        this.#show();
        return group;
    }
    /** Sends the message for the next page of a group. */
    sendNext(group) {
        const { dma, settings, counters } = this.#parts;
        const address = group.pages[group.sent];
        if (address === undefined)
            throw new RangeError("every page of the group has been asked for");
        group.sent += 1;
        counters.pageRequestsSent += 1;
        const { pasid, privileged } = group.tag;
        const last = group.sentAll && !settings.has(manner.noLast);
        dma.requestPage({ ...group.need, pasid, privileged, address, last, group: group.index });
    }
    /**
     * The owner ignores the responses to come, which still return the credits; with a PASID a stop
     * marker tells the host.
     */
    releaseGroupsOf(owner, pasid) {
        for (const group of this.groupsOf(owner))
            group.owner = undefined;
        if (pasid === undefined)
            return;
        this.#parts.counters.stopMarkersSent += 1;
        const none = { read: false, write: false };
        this.#parts.dma.requestPage({ ...none, pasid, address: 0n, last: true, group: 0 });
    }
    respond(response) {
        const { control, counters, raise } = this.#parts;
        const group = this.#outstanding.find((candidate) => candidate.sentAll &&
            candidate.index === response.group &&
            candidate.tag.pasid === response.pasid);
        if (!group) {
            if (control.responseFailure)
                return;
            counters.unexpectedResponses += 1;
            control.reportUnexpectedIndex();
            raise(intr.unexpectedResponse);
            return;
        }
        if (response.code === SUCCESS) {
            counters.responsesSuccess += 1;
            this.#close(group, "success");
        }
        else if (response.code === INVALID_REQUEST) {
            counters.responsesInvalid += 1;
            this.#close(group, "invalid");
        }
        else {
            counters.responsesFailure += 1;
            control.fail();
            this.forget();
            raise(intr.responseFailure);
        }
    }
    /** Ends every outstanding group as failed: nothing more is expected from the host. */
    forget() {
        for (const group of this.#outstanding)
            group.outcome = "failure";
        this.#outstanding = [];
        this.#show();
    }
    snapshot(references) {
        const outstanding = this.#outstanding.map((group) => references.group(group));
        return { outstanding, nextIndex: this.#nextIndex };
    }
    /** What the capability shows comes with configuration space. */
    restore({ outstanding, nextIndex }, referents) {
        this.#outstanding = outstanding.map((number) => referents.group(number));
        this.#nextIndex = nextIndex;
    }
    #close(group, outcome) {
        group.outcome = outcome;
        this.#outstanding = this.#outstanding.filter((other) => other !== group);
        this.#show();
    }
    #show() {
        this.#parts.control.showOutstanding(this.#outstanding.length > 0);
    }
    #chooseIndex() {
        if (this.#parts.settings.has(manner.duplicateGroup))
            return 0;
        const inUse = new Set(this.#outstanding.map((group) => group.index));
        // Only a flood can use up all indexes; then one is used twice.
        for (let tries = 0; tries < GROUP_INDEXES && inUse.has(this.#nextIndex); tries++) {
            this.#nextIndex = (this.#nextIndex + 1) % GROUP_INDEXES;
        }
        const index = this.#nextIndex;
        this.#nextIndex = (index + 1) % GROUP_INDEXES;
        return index;
    }
}
