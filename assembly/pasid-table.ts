/** PASID directory and table: from a context entry to a PASID table entry (§3.4.3, §9.5, §9.6). */
import {
  PASID_DIR_FPD_SHIFT,
  PASID_DIR_RESERVED_0,
  PASID_ENTRY_AW_IN_PLACE,
  PASID_ENTRY_AW_MASK,
  PASID_ENTRY_AW_SHIFT,
  PASID_ENTRY_CD_IN_PLACE,
  PASID_ENTRY_DID_MASK,
  PASID_ENTRY_EAFE_IN_PLACE,
  PASID_ENTRY_EMTE_IN_PLACE,
  PASID_ENTRY_FPD_SHIFT,
  PASID_ENTRY_FSPM_IN_PLACE,
  PASID_ENTRY_FSPM_LEVEL_4,
  PASID_ENTRY_FSPM_LEVEL_5,
  PASID_ENTRY_FSPM_MASK,
  PASID_ENTRY_FSPM_SHIFT,
  PASID_ENTRY_FSPTPTR_IN_PLACE,
  PASID_ENTRY_PAT_IN_PLACE,
  PASID_ENTRY_PGSNP_IN_PLACE,
  PASID_ENTRY_PGTT_FS,
  PASID_ENTRY_PGTT_MASK,
  PASID_ENTRY_PGTT_NESTED,
  PASID_ENTRY_PGTT_PT,
  PASID_ENTRY_PGTT_SHIFT,
  PASID_ENTRY_PGTT_SS,
  PASID_ENTRY_PWSNP_IN_PLACE,
  PASID_ENTRY_RESERVED_0,
  PASID_ENTRY_RESERVED_1,
  PASID_ENTRY_RESERVED_2,
  PASID_ENTRY_SRE_IN_PLACE,
  PASID_ENTRY_SSADE_IN_PLACE,
  PASID_ENTRY_SSPTPTR_IN_PLACE,
  PASID_ENTRY_WPE_IN_PLACE,
} from "./generated/structures";
import {
  CAP_FS5LP,
  ECAP_EAFS,
  ECAP_FSTS,
  ECAP_NEST,
  ECAP_PT,
  ECAP_SC,
  ECAP_SMPWCS,
  ECAP_SRS,
  ECAP_SSADS,
  ECAP_SSTS,
} from "./generated/registers";
import {
  SPD_1,
  SPD_2,
  SPD_3,
  SPT_1,
  SPT_2,
  SPT_3,
  SPT_4_1,
  SPT_4_2,
  SPT_4_3,
  SPT_4_4,
  SPT_5,
  SPT_6,
} from "./generated/faults";
import {
  COUNT_PASID_DIRECTORY_READS,
  COUNT_PASID_ENTRY_READS,
  COUNT_PASID_HITS,
  COUNT_PASID_LOOKUPS,
} from "./generated/layout";
import { EVENT_PASID_CACHE_HIT, EVENT_PASID_CACHE_LOOKUP } from "./generated/performance-events";
import { Cache, PASID_CACHE, VALID } from "./cache";
import { CacheList, LIST_ALL, LIST_DOMAIN, LIST_PASID } from "./cache-list";
import { Capability } from "./capability";
import { Counters } from "./counters";
import { Explain } from "./explain";
import { Memory } from "./memory";
import { Outbox } from "./outbox";
import { PerformanceMonitoring } from "./performance-monitoring";
import { PAGE_REQUEST, Request } from "./request";
import { Context } from "./root-context";

const PRESENT: u64 = 1;
const ADDRESS: u64 = ~0xfff;

const ENTRY_WORD_0 = 16;
const ENTRY_WORD_1 = 24;
const ENTRY_WORD_2 = 32;
const ENTRY_FPD = 40;
const ENTRY_FAULT = 48;
/**
 * Two keys, the three words that are not wholly reserved, FPD of entry and directory, and with CM the
 * condition that the entry faults with.
 */
export const PASID_CACHE_ENTRY_SIZE: u32 = 64;
export const PASID_CACHE_LISTS: u32 = LIST_PASID + 1;

/** The PASID table entry that decides about the current request. */
export class PasidEntry {
  static word0: u64 = 0;
  static word1: u64 = 0;
  static word2: u64 = 0;
  /** FPD of the entry or of its directory entry. */
  private static disabled: bool = false;
  /** What the cached entry faults with, or 0. */
  private static fault: u32 = 0;

  @inline
  static typeOf(word0: u64): u64 {
    return (word0 >> PASID_ENTRY_PGTT_SHIFT) & PASID_ENTRY_PGTT_MASK;
  }
  static get type(): u64 {
    return PasidEntry.typeOf(PasidEntry.word0);
  }
  @inline
  static domainOf(word1: u64): u32 {
    return <u32>(word1 & PASID_ENTRY_DID_MASK);
  }
  static get domain(): u32 {
    return PasidEntry.domainOf(PasidEntry.word1);
  }
  static get secondStagePointer(): u64 {
    return PasidEntry.word0 & ADDRESS;
  }
  /** AW: 1 for 3 levels, 2 for 4, 3 for 5. */
  static addressWidthOf(word0: u64): u64 {
    return (word0 >> PASID_ENTRY_AW_SHIFT) & PASID_ENTRY_AW_MASK;
  }
  static get addressWidth(): u64 {
    return PasidEntry.addressWidthOf(PasidEntry.word0);
  }
  static get secondStageFlags(): bool {
    return (PasidEntry.word0 & PASID_ENTRY_SSADE_IN_PLACE) != 0;
  }
  static get firstStagePointer(): u64 {
    return PasidEntry.word2 & ADDRESS;
  }
  /** Levels of a first stage by word 2. */
  @inline
  static levelsOf(word2: u64): u32 {
    const mode = (word2 >> PASID_ENTRY_FSPM_SHIFT) & PASID_ENTRY_FSPM_MASK;
    return mode == PASID_ENTRY_FSPM_LEVEL_5 ? 5 : 4;
  }
  static get supervisorRequests(): bool {
    return (PasidEntry.word2 & PASID_ENTRY_SRE_IN_PLACE) != 0;
  }
  /** §3.10: whether the walks of this PASID snoop, without which no flag can be set. */
  static get walksSnooped(): bool {
    return (PasidEntry.word1 & PASID_ENTRY_PWSNP_IN_PLACE) != 0;
  }
  static get pageSnoop(): bool {
    return PasidEntry.snoopsPages(PasidEntry.word1);
  }
  @inline
  static snoopsPages(word1: u64): bool {
    return (word1 & PASID_ENTRY_PGSNP_IN_PLACE) != 0;
  }

  /** Finds and checks the entry of the request's PASID, or of RID_PASID; a fault condition or 0. */
  static find(): u32 {
    const found = PasidEntry.fromCache();
    return PasidEntry.checkRequest(found ? PasidEntry.fault : PasidEntry.read(false));
  }
  /** The same where no event is counted and nothing explained. */
  static findPlain(): u32 {
    const found = PasidEntry.fromCache();
    return PasidEntry.checkRequest(found ? PasidEntry.fault : PasidEntry.read(true));
  }
  private static checkRequest(missing: u32): u32 {
    if (missing != 0) return missing;
    if (Request.kind == PAGE_REQUEST) return 0;
    // ERS is never reported: execute requests are refused up to major version 7 (from 8 on RTA.5).
    if (Request.executes) return SPT_5;
    if (Request.privileged && !PasidEntry.supervisorRequests) return SPT_6;
    return 0;
  }

  @inline
  private static hash(sourceId: u32, pasid: u32): u32 {
    return pasid + sourceId * 7;
  }
  @inline
  private static key(sourceId: u32, pasid: u32): u64 {
    return ((<u64>pasid) << 16) | sourceId;
  }

  /** What the cache has for a PASID of a requester, or 0; not counted. */
  @inline
  static cached(sourceId: u32, pasid: u32): usize {
    const key = PasidEntry.key(sourceId, pasid);
    const hash = PasidEntry.hash(sourceId, pasid);
    return Cache.find(PASID_CACHE, key, VALID, hash, PASID_CACHE_ENTRY_SIZE);
  }
  @inline
  static cachedPasid(entry: usize): u32 {
    return <u32>(Cache.key0(entry) >> 16);
  }
  @inline
  static cachedWord0(entry: usize): u64 {
    return load<u64>(entry, ENTRY_WORD_0);
  }
  @inline
  static cachedWord1(entry: usize): u64 {
    return load<u64>(entry, ENTRY_WORD_1);
  }
  @inline
  static cachedWord2(entry: usize): u64 {
    return load<u64>(entry, ENTRY_WORD_2);
  }
  /** Whether a cached entry has something to say of faults: FPD, or that it is one. */
  @inline
  static isPlain(entry: usize): bool {
    return (load<u64>(entry, ENTRY_FPD) | load<u64>(entry, ENTRY_FAULT)) == 0;
  }

  /** Makes a cached entry the one that decides. */
  static use(entry: usize): void {
    PasidEntry.word0 = PasidEntry.cachedWord0(entry);
    PasidEntry.word1 = PasidEntry.cachedWord1(entry);
    PasidEntry.word2 = PasidEntry.cachedWord2(entry);
    PasidEntry.fault = <u32>load<u64>(entry, ENTRY_FAULT);
    if (load<u64>(entry, ENTRY_FPD) != 0) Request.faultProcessingDisabled = true;
  }

  @inline
  static countLookup(): void {
    Counters.add(COUNT_PASID_LOOKUPS);
    PerformanceMonitoring.count(EVENT_PASID_CACHE_LOOKUP);
  }
  @inline
  static countHit(): void {
    Counters.add(COUNT_PASID_HITS);
    PerformanceMonitoring.count(EVENT_PASID_CACHE_HIT);
  }

  private static fromCache(): bool {
    if (!Request.hasPasid) {
      Request.effectivePasid = Context.ridPasid;
      Request.privileged = Context.ridPriv;
    }
    PasidEntry.countLookup();
    const entry = PasidEntry.cached(Request.sourceId, Request.effectivePasid);
    if (entry == 0) return false;
    PasidEntry.countHit();
    PasidEntry.use(entry);
    if (Explain.active) {
      Outbox.cacheHit(COUNT_PASID_HITS, PasidEntry.word0, PasidEntry.word1, PasidEntry.word2);
    }
    return true;
  }

  @inline
  private static read(plain: bool): u32 {
    return PasidEntry.keep(PasidEntry.readEntry(plain));
  }

  @inline
  private static readEntry(plain: bool): u32 {
    PasidEntry.disabled = false;
    PasidEntry.word0 = 0;
    PasidEntry.word1 = 0;
    PasidEntry.word2 = 0;
    const pasid = Request.effectivePasid;
    const directory = Memory.fetch(
      Context.pasidDirectory + ((<u64>(pasid >> 6)) << 3),
      COUNT_PASID_DIRECTORY_READS,
      plain,
    );
    if (Memory.hasFailed(directory)) return SPD_1;
    PasidEntry.noteFpd((directory >> PASID_DIR_FPD_SHIFT) & 1);
    if ((directory & PRESENT) == 0) return SPD_2;
    if ((directory & (PASID_DIR_RESERVED_0 | Capability.aboveHost)) != 0) return SPD_3;

    const address = (directory & ADDRESS) + ((<u64>(pasid & 0x3f)) << 6);
    const word0 = Memory.fetch(address, COUNT_PASID_ENTRY_READS, plain);
    if (Memory.hasFailed(word0)) return SPT_1;
    const word1 = Memory.fetchNext(address + 8, COUNT_PASID_ENTRY_READS, plain);
    if (Memory.hasFailed(word1)) return SPT_1;
    const word2 = Memory.fetchNext(address + 16, COUNT_PASID_ENTRY_READS, plain);
    if (Memory.hasFailed(word2)) return SPT_1;
    // Words 3 to 7 hold nothing that a unit without host permission tables uses.
    let others: u64 = 0;
    for (let offset: u64 = 24; offset < 64; offset += 8) {
      const word = Memory.fetchNext(address + offset, COUNT_PASID_ENTRY_READS, plain);
      if (Memory.hasFailed(word)) return SPT_1;
      others |= word;
    }
    PasidEntry.word0 = word0;
    PasidEntry.word1 = word1;
    PasidEntry.word2 = word2;
    return PasidEntry.checkEntry(others);
  }

  private static checkEntry(others: u64): u32 {
    const word0 = PasidEntry.word0;
    PasidEntry.noteFpd((word0 >> PASID_ENTRY_FPD_SHIFT) & 1);
    if ((word0 & PRESENT) == 0) return SPT_2;
    if (others != 0 || PasidEntry.hasReservedBits()) return SPT_3;
    return PasidEntry.checkProgramming();
  }

  private static noteFpd(fpd: u64): void {
    if (fpd == 0) return;
    PasidEntry.disabled = true;
    Request.faultProcessingDisabled = true;
  }

  /** Caches what was read: a good entry, and with CM one that faults, tagged with DID 0 (choice K5). */
  private static keep(condition: u32): u32 {
    if (condition == 0) {
      PasidEntry.toCache(0);
    } else if (Capability.cachesFaults && condition != SPD_1 && condition != SPT_1) {
      PasidEntry.word1 = 0;
      PasidEntry.toCache(condition);
    }
    return condition;
  }

  private static toCache(condition: u32): void {
    const sourceId = Request.sourceId;
    const pasid = Request.effectivePasid;
    const key = PasidEntry.key(sourceId, pasid);
    const hash = PasidEntry.hash(sourceId, pasid);
    const entry = Cache.room(PASID_CACHE, hash, PASID_CACHE_ENTRY_SIZE);
    PasidEntry.enlist(entry, PasidEntry.domain, pasid);
    Cache.setKeys(entry, key, VALID);
    store<u64>(entry, PasidEntry.word0, ENTRY_WORD_0);
    store<u64>(entry, PasidEntry.word1, ENTRY_WORD_1);
    store<u64>(entry, PasidEntry.word2, ENTRY_WORD_2);
    store<u64>(entry, <u64>(<u32>PasidEntry.disabled), ENTRY_FPD);
    store<u64>(entry, <u64>condition, ENTRY_FAULT);
  }

  /** Into the lists of what will be there, and out of those of what was. */
  private static enlist(entry: usize, domain: u32, pasid: u32): void {
    const size = PASID_CACHE_ENTRY_SIZE;
    const valid = Cache.isValid(entry);
    if (valid) CacheList.unlink(PASID_CACHE, entry, LIST_PASID);
    else Cache.enlist(PASID_CACHE, entry, LIST_ALL, 0, size);
    Cache.enlist(PASID_CACHE, entry, LIST_PASID, PasidEntry.listHash(domain, pasid), size);
    // The list of a domain does not tell its PASIDs apart.
    if (valid && PasidEntry.domainOf(PasidEntry.cachedWord1(entry)) == domain) return;
    if (valid) CacheList.unlink(PASID_CACHE, entry, LIST_DOMAIN);
    Cache.enlist(PASID_CACHE, entry, LIST_DOMAIN, domain, size);
  }
  private static listHash(domain: u32, pasid: u32): u32 {
    return pasid ^ ((domain * 0x9e37_79b1) >> 16);
  }

  /** §6.5.2.2: drops the cached entries of a domain, or of one of its PASIDs. */
  static invalidate(domain: u32, pasid: u32, selective: bool): void {
    const list = selective ? LIST_PASID : LIST_DOMAIN;
    const hash = selective ? PasidEntry.listHash(domain, pasid) : domain;
    for (let link = Cache.list(PASID_CACHE, list, hash, PASID_CACHE_ENTRY_SIZE); link != 0;) {
      const entry = CacheList.entryOf(PASID_CACHE, link, list);
      link = CacheList.next(link);
      if (PasidEntry.domainOf(PasidEntry.cachedWord1(entry)) != domain) continue;
      if (!selective || PasidEntry.cachedPasid(entry) == pasid) Cache.drop(PASID_CACHE, entry);
    }
  }

  private static hasReservedBits(): bool {
    let reserved0 = PASID_ENTRY_RESERVED_0 | Capability.aboveHost;
    let reserved1 =
      PASID_ENTRY_RESERVED_1 |
      Capability.aboveDomain |
      PASID_ENTRY_CD_IN_PLACE |
      PASID_ENTRY_EMTE_IN_PLACE |
      PASID_ENTRY_PAT_IN_PLACE;
    let reserved2 = PASID_ENTRY_RESERVED_2 | Capability.aboveHost;
    if (!Capability.has(ECAP_SSTS)) {
      reserved0 |=
        PASID_ENTRY_AW_IN_PLACE | PASID_ENTRY_SSADE_IN_PLACE | PASID_ENTRY_SSPTPTR_IN_PLACE;
    }
    if (!Capability.has(ECAP_SSADS)) reserved0 |= PASID_ENTRY_SSADE_IN_PLACE;
    if (!Capability.has(ECAP_SMPWCS)) reserved1 |= PASID_ENTRY_PWSNP_IN_PLACE;
    if (!Capability.has(ECAP_SC)) reserved1 |= PASID_ENTRY_PGSNP_IN_PLACE;
    if (!Capability.has(ECAP_SRS)) reserved2 |= PASID_ENTRY_SRE_IN_PLACE;
    if (!Capability.has(ECAP_FSTS)) {
      reserved2 |=
        PASID_ENTRY_FSPM_IN_PLACE | PASID_ENTRY_WPE_IN_PLACE | PASID_ENTRY_FSPTPTR_IN_PLACE;
    }
    if (!Capability.has(ECAP_EAFS)) reserved2 |= PASID_ENTRY_EAFE_IN_PLACE;
    return (
      (PasidEntry.word0 & reserved0) != 0 ||
      (PasidEntry.word1 & reserved1) != 0 ||
      (PasidEntry.word2 & reserved2) != 0
    );
  }

  /** SPT.4.1 to SPT.4.4. Fields that a translation type does not use are ignored (§9.6). */
  private static checkProgramming(): u32 {
    const type = PasidEntry.type;
    const nested = type == PASID_ENTRY_PGTT_NESTED;
    const secondStage = nested || type == PASID_ENTRY_PGTT_SS;
    if (secondStage && Capability.has(ECAP_SSTS)) {
      const width = PasidEntry.addressWidth;
      if (width < 1 || width > 3 || (Capability.supportedWidths & (1 << width)) == 0)
        return SPT_4_1;
    }
    if (!PasidEntry.supportsType(type)) return SPT_4_2;
    if (nested || type == PASID_ENTRY_PGTT_FS) {
      const mode = (PasidEntry.word2 >> PASID_ENTRY_FSPM_SHIFT) & PASID_ENTRY_FSPM_MASK;
      const fiveLevel = mode == PASID_ENTRY_FSPM_LEVEL_5 && (Capability.cap & CAP_FS5LP) != 0;
      if (mode != PASID_ENTRY_FSPM_LEVEL_4 && !fiveLevel) return SPT_4_3;
    }
    if (nested) {
      const width = Capability.inputWidth(<u32>PasidEntry.addressWidth + 2);
      if (PasidEntry.firstStagePointer >> width != 0) return SPT_4_4;
    }
    return 0;
  }

  private static supportsType(type: u64): bool {
    if (type == PASID_ENTRY_PGTT_FS) return Capability.has(ECAP_FSTS);
    if (type == PASID_ENTRY_PGTT_SS) return Capability.has(ECAP_SSTS);
    if (type == PASID_ENTRY_PGTT_NESTED) return Capability.has(ECAP_NEST);
    if (type == PASID_ENTRY_PGTT_PT) return Capability.has(ECAP_PT);
    return false;
  }
}
