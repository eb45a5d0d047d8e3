import { FirstStageTable, LegacyTables, ScalableTables, SecondStageTable, throughSecondStage, } from "../../tables/index.js";
/** How a request is translated: in legacy mode, or by PGTT in scalable mode. */
export const worldKinds = [
    "legacy",
    "legacy-pass-through",
    "first-stage",
    "second-stage",
    "nested",
    "pass-through",
];
/** What a unit must report for a kind of translation. */
export const needsOfWorld = {
    legacy: { capabilities: [{ SAGAW: { words: "not 0", holds: (value) => value !== 0 } }] },
    "legacy-pass-through": { capabilities: ["PT", "SAGAW"] },
    "first-stage": { capabilities: ["SMTS", "FSTS"] },
    "second-stage": { capabilities: ["SMTS", "SSTS", "SAGAW"] },
    nested: { capabilities: ["SMTS", "NEST", "SAGAW"] },
    "pass-through": { capabilities: ["SMTS", "PT"] },
};
/** A PASID for requests that have one; in the same PASID table as that of requests without. */
export const WORLD_PASID = 5;
/** Where first-stage tables of a nested world lie for the guest; each frame has a host frame of its own. */
const GUEST_TABLES = 0x2000000000n;
/** Tables of one endpoint, complete and good: the ground of most cases, who then spoil what they test. */
export class World {
    kind;
    sourceId;
    domain;
    /** PASID of requests without PASID in scalable mode. */
    ridPasid = 0;
    #legacy;
    #scalable;
    #first;
    #second;
    #options;
    #capabilities;
    constructor(kind, ground, options = {}) {
        const { memory, frames, capabilities, hostAddressWidth } = ground;
        this.kind = kind;
        this.sourceId = options.sourceId ?? ground.sourceId;
        this.domain = options.domain ?? 1;
        this.#options = options;
        this.#capabilities = capabilities;
        const widest = widestLevels(capabilities.values["SAGAW"]);
        const levels = options.secondLevels ?? widest ?? 4;
        if (kind === "legacy" || kind === "second-stage" || kind === "nested") {
            this.#second = new SecondStageTable({ memory, frames, levels, hostAddressWidth });
        }
        if (kind === "first-stage") {
            const firstLevels = options.firstLevels ?? 4;
            this.#first = new FirstStageTable({ memory, frames, levels: firstLevels, hostAddressWidth });
        }
        else if (kind === "nested") {
            this.#first = new FirstStageTable({
                memory: throughSecondStage(memory, this.second),
                frames: guestFrames(this.second, frames, 12 + 9 * levels),
                levels: options.firstLevels ?? 4,
            });
        }
        if (kind === "legacy" || kind === "legacy-pass-through") {
            this.#legacy = LegacyTables.create({ memory, frames });
            this.#writeLegacy(levels);
        }
        else {
            this.#scalable = ScalableTables.create({ memory, frames });
            this.#writeScalable();
        }
    }
    /** For RTADDR. */
    get rootTableAddress() {
        return (this.#legacy ?? this.scalable).rootTableAddress;
    }
    /** Tables of a legacy-mode world. */
    get legacy() {
        return this.#legacy ?? absent(this.kind, "legacy-mode tables");
    }
    /** Tables of a scalable-mode world. */
    get scalable() {
        return this.#scalable ?? absent(this.kind, "scalable-mode tables");
    }
    get first() {
        return this.#first ?? absent(this.kind, "first stage");
    }
    get second() {
        return this.#second ?? absent(this.kind, "second stage");
    }
    get isScalable() {
        return this.#scalable !== undefined;
    }
    get rootEntry() {
        return (this.#legacy ?? this.scalable).rootEntry(this.sourceId);
    }
    get contextEntry() {
        return (this.#legacy ?? this.scalable).contextEntry(this.sourceId);
    }
    /** PASID directory entry; both PASIDs of the world share it. */
    get directoryEntry() {
        return this.scalable.directoryEntry(this.sourceId, this.ridPasid);
    }
    /** PASID table entry; by default that of requests without PASID. */
    pasidEntry(pasid = this.ridPasid) {
        return this.scalable.pasidEntry(this.sourceId, pasid);
    }
    /** Writes the entry of one more PASID, translated as those of the world. */
    addPasid(pasid, flags = {}) {
        const stages = {
            ...(this.#first !== undefined && { firstStage: this.#first }),
            ...(this.#second !== undefined && { secondStage: this.#second }),
        };
        const common = {
            domain: this.domain,
            pwsnp: this.#capabilities.values["SMPWCS"] === 1,
            ...this.#options.pasid,
            ...flags,
        };
        const { kind } = this;
        return this.scalable.pasid(this.sourceId, pasid, { kind, ...stages, ...common });
    }
    /** Makes `input` reach `output`; nothing to do where addresses pass unchanged. */
    map(input, output, mapping = {}) {
        const { size = 0x1000, count = 1, first = {}, second = {}, guest = output } = mapping;
        const run = { size, count };
        if (this.kind === "first-stage")
            this.first.map(input, output, { ...run, ...first });
        if (this.kind === "legacy" || this.kind === "second-stage") {
            this.second.map(input, output, { ...run, ...second });
        }
        if (this.kind === "nested") {
            this.first.map(input, guest, { ...run, ...first });
            this.second.map(guest, output, { ...run, ...second });
        }
        return this;
    }
    /** The leaf entry for `input` in the stage that the request meets first. */
    leaf(input) {
        const table = this.#first ?? this.second;
        return table.entry(input, table.walk(input).at(-1).level);
    }
    #writeLegacy(levels) {
        const { domain } = this;
        if (this.kind === "legacy") {
            const deviceTlb = this.#capabilities.values["DT"] === 1;
            const options = { kind: "second-stage", secondStage: this.second, domain };
            this.legacy.context(this.sourceId, { ...options, deviceTlb });
        }
        else {
            const addressWidth = { 3: 39, 4: 48, 5: 57 }[levels];
            this.legacy.context(this.sourceId, { kind: "pass-through", domain, addressWidth });
        }
    }
    #writeScalable() {
        const { values } = this.#capabilities;
        this.scalable.context(this.sourceId, {
            dte: values["DT"] === 1,
            paside: values["PASID"] === 1,
            pre: values["PRS"] === 1,
            ...this.#options.context,
        });
        this.addPasid(this.ridPasid);
        if (values["PASID"] === 1)
            this.addPasid(WORLD_PASID);
    }
}
function absent(kind, what) {
    throw new Error(`a ${kind} world has no ${what}`);
}
/** Most levels of SAGAW up to 4, else 5. */
function widestLevels(sagaw) {
    if (sagaw & 4)
        return 4;
    if (sagaw & 2)
        return 3;
    return sagaw & 8 ? 5 : undefined;
}
/** Guest-physical frames, each mapped to a host frame of its own; within 38 bits. */
function guestFrames(second, host, width) {
    let next = GUEST_TABLES % (1n << BigInt(width - 1));
    return {
        allocate(count) {
            const first = next;
            for (let i = 0; i < count; i++, next += 0x1000n)
                second.map(next, host.allocate(1));
            return first;
        },
    };
}
