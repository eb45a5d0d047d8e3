/** Linux's error numbers (x86), as far as the models answer them; EPROBE_DEFER stays inside the kernel. */
export const errnoNumbers = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOTTY: 25,
  ENOSPC: 28,
  ESPIPE: 29,
  ERANGE: 34,
  ENAMETOOLONG: 36,
  ENODATA: 61,
  EOVERFLOW: 75,
  EBADFD: 77,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
  ETIMEDOUT: 110,
  EINPROGRESS: 115,
  EPROBE_DEFER: 517,
} as const;

export type ErrnoName = keyof typeof errnoNumbers;

/**
 * What a call of the kernel answers when it refuses: `name` is the error's, `number` is positive, the
 * message gives the reason. Calls return it, as the kernel's do: `if (result instanceof Errno)`.
 */
export class Errno extends Error {
  override readonly name: ErrnoName;
  readonly number: number;

  /** @param reason why, for people: "the group has no container". */
  constructor(name: ErrnoName, reason: string) {
    super(reason);
    this.name = name;
    this.number = errnoNumbers[name];
  }
}
