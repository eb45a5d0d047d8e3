import type { Kernel, Routine } from "../kernel/index.js";

/** Memory of user space that areas of address spaces share (iopt_pages); freed with the last of them. */
export interface Pages {
  readonly kind: "user" | "file";
  /** Of the first byte, in user space. */
  readonly address: bigint;
  readonly writable: boolean;
  /** Bytes that there are; undefined: whatever can be pinned. */
  readonly size?: bigint | undefined;
  users: number;
}

/** A piece of `Pages`. */
export interface Slice {
  readonly pages: Pages;
  /** Bytes from the beginning of the pages. */
  readonly offset: bigint;
  readonly length: bigint;
}

/** With one user; undefined if there is no memory. */
export function makePages(
  { heap }: Kernel,
  pages: Omit<Pages, "users">,
): Routine<Pages | undefined> {
  return heap.allocate<Pages>("iopt_pages", { size: undefined, ...pages, users: 1 });
}

export function* putPages({ heap }: Kernel, pages: Pages): Routine {
  pages.users -= 1;
  if (pages.users === 0) yield* heap.free(pages);
}

/** Where a piece begins in user space. */
export function addressOf({ pages, offset }: Pick<Slice, "pages" | "offset">): bigint {
  return pages.address + offset;
}
