/** Listens to a run from its start. */
export class BootListener {
    #faults = [];
    #responses = new Map();
    #lost = [];
    #start = 0;
    #firstLineMs;
    #firstResponseMs;
    attached(machine) {
        const { iommu } = machine;
        this.#start = performance.now();
        iommu.on("fault", (fault) => this.#faults.push(fault));
        iommu.on("pageGroupResponse", ({ code }) => {
            this.#firstResponseMs ??= performance.now() - this.#start;
            this.#responses.set(code, (this.#responses.get(code) ?? 0) + 1);
        });
        machine.onLostInterrupt((_message, why) => this.#lost.push(why));
    }
    /** The guest has written a line. */
    line() {
        this.#firstLineMs ??= performance.now() - this.#start;
    }
    get events() {
        return {
            faults: this.#faults,
            responses: this.#responses,
            lostInterrupts: this.#lost,
            firstLineMs: this.#firstLineMs,
            firstResponseMs: this.#firstResponseMs,
        };
    }
}
