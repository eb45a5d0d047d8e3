/**
 * Something that steps touch: a lock, a count, a variable, a device. Two steps whose objects differ may
 * change places without anybody noticing; the explorer tries both orders of those that may not.
 */
export class KernelObject {
    kernel;
    /** Place in the order of creation: the same in all runs that begin with the same steps. */
    number;
    #name;
    /** The allocation that this object is a field of: it dies with it. */
    home;
    constructor(kernel, name) {
        this.kernel = kernel;
        this.number = kernel.numberObject();
        this.#name = name;
    }
    get name() {
        return this.home ? `${this.home.label}.${this.#name}` : this.#name;
    }
}
