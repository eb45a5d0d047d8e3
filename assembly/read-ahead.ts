/**
 * The requests of a batch are decided one after the other, because each sees what the one before has
 * left in the caches; and so each waits for memory alone. While most of them miss, the entries that
 * the walks of the next requests will end with are read ahead of all these walks. None of these reads
 * waits for another one, so that the processor has many under way at a time.
 *
 * It is a hint: no result, counter, cache, flag or fault depends on it or on what it leaves out, and
 * it reads only memory that is the unit's own or behind the accessor. A port in JavaScript might see
 * its reads.
 */
import {
  READ_AHEAD,
  READ_AHEAD_COUNT,
  REQUEST_ADDRESS,
  REQUEST_PASID,
  REQUEST_SIZE,
  REQUEST_SOURCE_ID,
} from "./generated/layout";
import { CONTEXT_TT_PASS_THROUGH } from "./generated/structures";
import { KIND_FIRST_STAGE, KIND_SECOND_STAGE } from "./iotlb";
import { MODE_LEGACY } from "./latch";
import { Memory } from "./memory";
import { NO_PASID } from "./outbox";
import { PasidEntry } from "./pasid-table";
import { Context, LEGACY_ENTRY } from "./root-context";

/** Requests that are read ahead together. With 16 a walk through 128 MiB of tables took 10 % longer. */
const GROUP: u32 = <u32>READ_AHEAD_COUNT;
const PLACE_SIZE: usize = 4;

export class ReadAhead {
  /** Whether reads of guest memory have no effect. */
  static allowed: bool = false;

  // The requests since `miss` looked ahead last: how many, which is the first behind them, and misses.
  private static length: u32 = 0;
  private static end: u32 = 0;
  private static misses: u32 = 0;

  // Where the walks of a requester begin. No levels: it is not known, or is not one stage.
  private static table: u64 = 0;
  private static levels: u32 = 0;

  /** Of what was read: a read that nobody uses might be left out. */
  private static sum: u32 = 0;

  static beginBatch(): void {
    ReadAhead.end = 0;
  }

  /** The request `done` of `count`, whose record is at `record`, is about to walk. */
  @inline
  static miss(mode: u32, record: usize, done: u32, count: u32): void {
    if (done >= ReadAhead.end) ReadAhead.next(mode, record, done, count);
    ReadAhead.misses++;
  }

  private static next(mode: u32, record: usize, done: u32, count: u32): void {
    const mostMissed = ReadAhead.misses > ReadAhead.length / 2;
    ReadAhead.misses = 0;
    ReadAhead.length = min(GROUP, count - done);
    ReadAhead.end = done + ReadAhead.length;
    if (mostMissed && ReadAhead.allowed) ReadAhead.read(mode, record, ReadAhead.length);
  }

  /** First finds the last entries of all walks, through tables that mostly are near, then reads them. */
  private static read(mode: u32, record: usize, count: u32): void {
    let sourceId: u32 = 0;
    let pasid: u32 = 0;
    ReadAhead.levels = 0;
    const end = <usize>READ_AHEAD + <usize>count * PLACE_SIZE;
    for (let at: usize = READ_AHEAD; at < end; at += PLACE_SIZE, record += REQUEST_SIZE) {
      const nextId = load<u32>(record, REQUEST_SOURCE_ID);
      const nextPasid = load<u32>(record, REQUEST_PASID);
      if (ReadAhead.levels == 0 || nextId != sourceId || nextPasid != pasid) {
        sourceId = nextId;
        pasid = nextPasid;
        ReadAhead.find(mode, sourceId, pasid);
      }
      const address = load<u64>(record, REQUEST_ADDRESS);
      store<u32>(at, Memory.lastEntry(ReadAhead.table, address, ReadAhead.levels));
    }
    let sum: u32 = 0;
    for (let at: usize = READ_AHEAD; at < end; at += PLACE_SIZE) {
      sum ^= Memory.touch(load<u32>(at));
    }
    ReadAhead.sum = sum;
  }

  /** Where walks begin by the cached entries of a requester, whatever these are worth. */
  private static find(mode: u32, sourceId: u32, pasid: u32): void {
    ReadAhead.levels = 0;
    const legacy = mode == MODE_LEGACY;
    const context = Context.cached(sourceId, legacy ? LEGACY_ENTRY : 0);
    if (context == 0) return;
    const word0 = Context.cachedWord0(context);
    const word1 = Context.cachedWord1(context);
    if (legacy) {
      if (Context.translationTypeOf(word0) == CONTEXT_TT_PASS_THROUGH) return;
      ReadAhead.begin(word0, <u32>Context.addressWidthOf(word1) + 2);
      return;
    }
    const effective = pasid == NO_PASID ? Context.ridPasidOf(word1) : pasid;
    const entry = PasidEntry.cached(sourceId, effective);
    if (entry == 0) return;
    const pasidWord0 = PasidEntry.cachedWord0(entry);
    const type = PasidEntry.typeOf(pasidWord0);
    if (type == KIND_FIRST_STAGE) {
      const word2 = PasidEntry.cachedWord2(entry);
      ReadAhead.begin(word2, PasidEntry.levelsOf(word2));
    } else if (type == KIND_SECOND_STAGE) {
      ReadAhead.begin(pasidWord0, <u32>PasidEntry.addressWidthOf(pasidWord0) + 2);
    }
  }

  private static begin(table: u64, levels: u32): void {
    ReadAhead.table = table;
    ReadAhead.levels = levels;
  }
}
