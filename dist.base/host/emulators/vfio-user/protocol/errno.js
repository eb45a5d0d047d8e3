/** Linux error numbers that replies carry. */
export const errno = {
    EPERM: 1,
    EFAULT: 14,
    EINVAL: 22,
    ENOSYS: 38,
    E2BIG: 7,
};
const names = new Map(Object.entries(errno).map(([name, code]) => [code, name]));
/** "EINVAL", or "errno 95" for one that has no name here. */
export function errnoName(code) {
    return names.get(code) ?? `errno ${code}`;
}
