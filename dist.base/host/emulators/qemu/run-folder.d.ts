/**
 * The folder of one run: the guest's RAM, the sockets, the DMAR table. It is gone when the process ends, if that
 * can do anything at its end; what a killed one has left goes when the next folder is made.
 */
export declare class RunFolder {
    #private;
    readonly path: string;
    private constructor();
    /**
     * Makes a folder with a RAM file of so many bytes, which take space as the guest uses them.
     * @param parents folders to choose from: the first that can hold it.
     * @throws QemuError if no folder has the space.
     */
    static create(ramBytes: number, parents?: readonly string[]): RunFolder;
    /**
     * Makes the RAM file in a folder that the user names, which is made if there is none.
     * @throws QemuError if the folder cannot be made or has no space, or has such a file already.
     */
    static at(path: string, ramBytes: number): RunFolder;
    get ramFile(): string;
    /** Where QEMU connects to tell how the guest ended. */
    get monitorSocket(): string;
    /** Writes a file; answers its path. */
    write(name: string, bytes: Uint8Array): string;
    /** Sockets that others have made here for this run: they go with the rest. */
    adopt(paths: readonly string[]): void;
    /** Takes away what was made here, and leaves what others have put. Who has a file open keeps it. */
    remove(): void;
}
