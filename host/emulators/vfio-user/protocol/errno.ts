/** Linux error numbers that replies carry. */
export const errno = {
  EPERM: 1,
  EFAULT: 14,
  EINVAL: 22,
  ENOSYS: 38,
  E2BIG: 7,
} as const;

const names = new Map<number, string>(Object.entries(errno).map(([name, code]) => [code, name]));

/** "EINVAL", or "errno 95" for one that has no name here. */
export function errnoName(code: number): string {
  return names.get(code) ?? `errno ${code}`;
}
