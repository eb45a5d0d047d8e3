/**
 * Lists through the entries of a cache, by what invalidations select: an invalidation walks the list
 * of what it names, and costs in proportion to it, however large the cache is.
 *
 * Behind the entries of a cache there is as much room again, for the links: each entry has a link of
 * 8 bytes in each list, {next link, cell that points to this one}. Behind them are the heads: a row
 * of one for each entry and list, of which a list has the one that its hash chooses. Entries of two
 * lists can meet in one row, so that whoever walks it looks at what each entry says.
 */
import { CACHE_BASE, CACHE_END, CACHE_LISTS } from "./generated/layout";

/** Every entry. */
export const LIST_ALL: u32 = 0;
/** By domain-id; in the context cache, where scalable mode has none, also by mode. */
export const LIST_DOMAIN: u32 = 1;
/** By domain-id and PASID. */
export const LIST_PASID: u32 = 2;
/** By domain-id, PASID of a first stage, and page. */
export const LIST_PAGE: u32 = 3;

const LINK_SIZE: u32 = 8;
const LINK_CELL = 4;
const HEAD_SIZE: u32 = 4;

export class CacheList {
  /** Bytes of the entries, and of their links. */
  @inline
  private static span(cache: usize): u32 {
    return load<u32>(cache, CACHE_END) - load<u32>(cache, CACHE_BASE);
  }

  /** Where a list begins: the head in the row of `list` that `hash` chooses. */
  @inline
  static head(cache: usize, list: u32, hash: u32, entrySize: u32): usize {
    const span = CacheList.span(cache);
    const heads = span / entrySize;
    const row = load<u32>(cache, CACHE_END) + span + list * heads * HEAD_SIZE;
    return <usize>(row + (hash & (heads - 1)) * HEAD_SIZE);
  }

  @inline
  static link(cache: usize, entry: usize, list: u32, head: usize): void {
    const link = <u32>entry + CacheList.span(cache) + list * LINK_SIZE;
    const next = load<u32>(head);
    store<u32>(link, next);
    store<u32>(link, <u32>head, LINK_CELL);
    store<u32>(head, link);
    if (next != 0) store<u32>(next, link, LINK_CELL);
  }

  @inline
  static unlink(cache: usize, entry: usize, list: u32): void {
    const link = <u32>entry + CacheList.span(cache) + list * LINK_SIZE;
    const next = load<u32>(link);
    const cell = load<u32>(link, LINK_CELL);
    store<u32>(cell, next);
    if (next != 0) store<u32>(next, cell, LINK_CELL);
  }

  static unlinkAll(cache: usize, entry: usize): void {
    const lists = load<u32>(cache, CACHE_LISTS);
    for (let list: u32 = 0; list < lists; list++) CacheList.unlink(cache, entry, list);
  }

  /** The first link of a list, or 0. */
  @inline
  static first(head: usize): usize {
    return <usize>load<u32>(head);
  }
  @inline
  static next(link: usize): usize {
    return <usize>load<u32>(link);
  }
  @inline
  static entryOf(cache: usize, link: usize, list: u32): usize {
    return <usize>(<u32>link - list * LINK_SIZE - CacheList.span(cache));
  }
}
