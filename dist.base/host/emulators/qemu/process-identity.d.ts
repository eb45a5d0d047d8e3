/**
 * A name of this process that no other one ever has: process id, time of its start, and the namespace that
 * the id is of. Undefined where the system does not tell (anything but Linux).
 */
export declare function ownIdentity(): string | undefined;
/** Whether the process of a name has certainly ended: of another namespace that cannot be told. */
export declare function hasEnded(identity: string): boolean;
