/** Passes serial output on in pieces: what a guest wrote since the event loop's last turn. */
export declare class SerialWriter {
    #private;
    constructor(write: (text: Uint8Array) => void);
    add(byte: number): void;
    /** Passes on what is left. */
    flush(): void;
}
