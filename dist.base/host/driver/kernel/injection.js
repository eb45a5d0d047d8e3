/**
 * Failures are part of the schedule: each place where one may happen is named by the task and by how
 * many such places the task has passed, so that its name does not depend on what others do.
 */
export class Injection {
    /** The places that this run came to. */
    met = [];
    #fail;
    #counts = new Map();
    constructor(fail) {
        this.#fail = fail;
    }
    /** True if it fails here. */
    fails(task, what) {
        const nth = (this.#counts.get(task) ?? 0) + 1;
        this.#counts.set(task, nth);
        this.met.push({ task: task.name, nth, what });
        return this.#fail?.task === task.name && this.#fail.nth === nth;
    }
}
