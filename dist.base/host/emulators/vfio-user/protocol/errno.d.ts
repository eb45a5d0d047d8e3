/** Linux error numbers that replies carry. */
export declare const errno: {
    readonly EPERM: 1;
    readonly EFAULT: 14;
    readonly EINVAL: 22;
    readonly ENOSYS: 38;
    readonly E2BIG: 7;
};
/** "EINVAL", or "errno 95" for one that has no name here. */
export declare function errnoName(code: number): string;
