/** What a machine needs to have the unit and the endpoints of a server. */
export interface ServedParts {
    readonly memoryMib: number;
    readonly ramFile: string;
    readonly dmarFile: string;
    /** Of bus 0: "00:05.0", and the socket that serves it. */
    readonly functions: readonly {
        readonly at: string;
        readonly socket: string;
    }[];
    /** Five-level tables of the guest's processor: only if the unit can walk them, for SVA shares them. */
    readonly fiveLevels: boolean;
}
/** What a machine of QEMU is made of. */
export interface MachineParts extends ServedParts {
    readonly processors: number;
    readonly kernel: string;
    readonly initrd?: string;
    /** Behind the words that every run has. */
    readonly append?: string;
    readonly monitorSocket: string;
    readonly endsWithParent: boolean;
    /** More options, as they are. */
    readonly more?: readonly string[];
}
/**
 * Words of every kernel command line: the console is the serial port, the unit is used in scalable mode, and a
 * panic ends the run. Later words prevail.
 */
export declare const KERNEL_WORDS = "console=ttyS0 panic=-1 intel_iommu=on,sm_on";
/** QEMU's options for a q35 machine whose unit and endpoints are served over vfio-user. */
export declare function machineArguments(parts: MachineParts): string[];
/** The options without which no QEMU has the unit and the endpoints of a server. */
export declare function servedArguments(parts: ServedParts): string[];
