const NEXT_FUNCTION = 0x05;
/** Alternative Routing-ID Interpretation, extended capability 0Eh. */
export function ariCapability(at) {
    return {
        kind: "extended",
        id: 0x0e,
        at,
        fields: [
            { at: 0x04, size: 2, value: 0 },
            { at: 0x06, size: 2, value: 0 },
        ],
    };
}
/** The registers of an ARI capability as the device sees them. */
export class AriControl {
    #config;
    #at;
    constructor(config, at) {
        this.#config = config;
        this.#at = at;
    }
    /** Links the functions of the device in order; 0 ends the list. */
    setNextFunction(number) {
        this.#config.define({ at: this.#at + NEXT_FUNCTION, size: 1, value: number });
    }
}
