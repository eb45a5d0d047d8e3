import { Translation } from "./device-tlb.js";
import { manner, queueState, statusCode } from "./registers.js";
const PAGE = 4096n;
const PAGE_MASK = ~0xfffn;
const FLOOD_PAGES = 512;
function failed(code, result) {
    return { done: { status: "failed", code, result } };
}
/** Finds the address for a page: device TLB, translation requests, page requests. */
export class PageSearch {
    #context;
    #use;
    #report;
    #wanted;
    #phase = "look";
    /** Success responses so far. */
    #retries = 0;
    /** Pages that a round of page requests may ask for, and the next of them to look at. */
    #window = 0;
    #behind = 0;
    #missing = [];
    #groups = [];
    /** Ticks of the delay that have passed. */
    #delayed = 0;
    constructor(context, use, report, wanted) {
        this.#context = context;
        this.#use = use;
        this.#report = report;
        const { iova, need, end } = wanted;
        this.#wanted = { iova, need, end };
    }
    /** The caller uses what is found in the same step, before an invalidation can come between. */
    step() {
        for (;;) {
            const step = this.#next();
            if (step !== undefined)
                return step;
        }
    }
    snapshot(references) {
        return {
            ...this.#wanted,
            phase: this.#phase,
            retries: this.#retries,
            window: this.#window,
            behind: this.#behind,
            missing: this.#missing,
            groups: this.#groups.map((group) => references.group(group)),
            delayed: this.#delayed,
        };
    }
    restore(data, referents) {
        this.#phase = data.phase;
        this.#retries = data.retries;
        this.#window = data.window;
        this.#behind = data.behind;
        this.#missing = [...data.missing];
        this.#groups = data.groups.map((number) => referents.group(number));
        this.#delayed = data.delayed;
    }
    /** Undefined: another phase goes on in the same step. */
    #next() {
        switch (this.#phase) {
            case "look":
                return this.#look();
            case "ask":
                return this.#askForPage();
            case "look behind":
                return this.#lookBehind();
            case "ask behind":
                return this.#askBehind();
            case "group":
                return this.#group();
            case "credits":
                return this.#awaitCredits();
            case "send":
                return this.#send();
            case "answers":
                return this.#awaitAnswers();
            case "delay":
                return this.#delay();
        }
    }
    #look() {
        const { ats, settings } = this.#context;
        const { iova } = this.#wanted;
        this.#report.retries = this.#retries;
        if (!this.#use.useAts || !(ats.active || settings.has(manner.ignoreEnables))) {
            return { done: { status: "found", address: iova, translated: false } };
        }
        if (settings.has(manner.forgeTranslated)) {
            return { done: { status: "found", address: iova, translated: true } };
        }
        const kept = this.#lookup(iova);
        if (kept)
            return this.#found(kept);
        this.#phase = "ask";
        return queueState.translating;
    }
    #askForPage() {
        const { settings } = this.#context;
        const { iova, need } = this.#wanted;
        const reply = this.#ask(iova);
        if ("done" in reply)
            return reply;
        if (this.#suffices(reply, need))
            return this.#found(reply);
        if (!this.#mayRequestPages)
            return failed(statusCode.noPermission, iova);
        if (settings.retryLimit !== 0 && this.#retries >= settings.retryLimit) {
            return failed(statusCode.retryLimit, iova);
        }
        this.#window = settings.has(manner.flood) ? FLOOD_PAGES : settings.groupSize;
        this.#behind = 1;
        this.#missing = [iova & PAGE_MASK];
        this.#phase = "look behind";
        return undefined;
    }
    get #pageBehind() {
        return (this.#wanted.iova & PAGE_MASK) + BigInt(this.#behind) * PAGE;
    }
    /** Goes on to the next page of the window that the device TLB does not have. */
    #lookBehind() {
        while (this.#behind < this.#window && this.#pageBehind < this.#wanted.end) {
            if (!this.#lookup(this.#pageBehind)) {
                this.#phase = "ask behind";
                return queueState.translating;
            }
            this.#behind += 1;
        }
        this.#phase = "group";
        return undefined;
    }
    #askBehind() {
        const page = this.#pageBehind;
        const reply = this.#ask(page);
        if ("done" in reply) {
            this.#phase = "group";
            return;
        }
        if (!this.#suffices(reply, this.#wanted.need))
            this.#missing.push(page);
        this.#behind += 1;
        this.#phase = "look behind";
    }
    /** In a flood as many groups as it takes; otherwise one, when there are credits for it. */
    #group() {
        const { settings } = this.#context;
        if (!settings.has(manner.flood)) {
            this.#phase = "credits";
            return;
        }
        const size = settings.groupSize;
        const count = Math.ceil(this.#missing.length / size);
        this.#groups = [];
        for (let i = 0; i < count; i++)
            this.#begin(this.#missing.slice(i * size, (i + 1) * size));
        this.#phase = "send";
    }
    #awaitCredits() {
        const { pri } = this.#context;
        if (!this.#mayRequestPages)
            return failed(statusCode.noPermission, this.#wanted.iova);
        const pages = this.#missing.slice(0, pri.allocation);
        if (pri.freeCredits < pages.length)
            return queueState.waitingCredits;
        this.#groups = [];
        this.#begin(pages);
        this.#phase = "send";
        return undefined;
    }
    #begin(pages) {
        const { queue, tag } = this.#use;
        const { need } = this.#wanted;
        this.#groups.push(this.#context.pri.begin(queue, { tag, need, pages }));
    }
    /** One message a tick. */
    #send() {
        const group = this.#groups.find((each) => !each.sentAll);
        if (!group) {
            this.#phase = "answers";
            return undefined;
        }
        this.#context.pri.sendNext(group);
        this.#report.groupIndex = group.index;
        this.#report.pageRequests += 1;
        return queueState.requesting;
    }
    #awaitAnswers() {
        if (this.#groups.some((group) => group.outcome === undefined)) {
            return queueState.waitingResponse;
        }
        const refused = this.#groups.find((group) => group.outcome !== "success");
        if (!refused) {
            this.#delayed = 0;
            this.#phase = "delay";
            return undefined;
        }
        const { pageInvalid, pageFailure } = statusCode;
        const code = refused.outcome === "invalid" ? pageInvalid : pageFailure;
        return failed(code, refused.pages[0] ?? this.#wanted.iova);
    }
    #delay() {
        if (this.#delayed < this.#context.settings.retryDelay) {
            this.#delayed += 1;
            return queueState.retryDelay;
        }
        this.#retries += 1;
        this.#phase = "look";
        return undefined;
    }
    get #mayRequestPages() {
        const { pri, settings } = this.#context;
        if (!this.#use.pageRequest || !pri.enabled)
            return false;
        return pri.allocation > 0 || settings.has(manner.flood);
    }
    #lookup(iova) {
        const kept = this.#context.tlb.lookup(this.#use.tag, iova);
        if (!kept || !this.#suffices(kept, this.#wanted.need))
            return undefined;
        this.#context.counters.tlbHits += 1;
        return kept;
    }
    #suffices(translation, need) {
        const { read, write } = translation.completion;
        const careless = this.#context.settings.has(manner.ignorePermission) && (read || write);
        return careless || translation.permits(need);
    }
    #found(translation) {
        const { iova } = this.#wanted;
        const translated = !translation.completion.untranslatedOnly;
        const address = translated ? translation.translate(iova) : iova;
        return { done: { status: "found", address, translated, translation } };
    }
    /** One translation request; what gives some permission is kept. */
    #ask(page) {
        const { dma, tlb, counters, ats } = this.#context;
        const { pasid, privileged } = this.#use.tag;
        counters.translationRequests += 1;
        const address = page & PAGE_MASK;
        const { execute, write } = this.#wanted.need;
        const reply = dma.requestTranslation({ pasid, address, noWrite: !write, privileged, execute });
        if (reply.status !== "ok") {
            if (reply.completion === "CA")
                return failed(statusCode.translationCa, page);
            ats.gaveUp = true;
            return failed(statusCode.translationUr, page);
        }
        const translation = new Translation(this.#use.tag, address, reply);
        if ((reply.read || reply.write) && tlb.insert(translation))
            counters.tlbEvictions += 1;
        return translation;
    }
}
