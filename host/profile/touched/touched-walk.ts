import { at, counterNames, type CounterName } from "../../core/layout.js";
import { cacheNames, stageNumber, type CacheName } from "../account/index.js";
import type { Flight } from "../model/flight.js";
import { control } from "../model/program.js";

const COUNTER = at("OUTBOX_SOURCE_ID") / 4;
const ADDRESS = at("OUTBOX_ADDRESS") / 4;
const VALUE = at("OUTBOX_VALUE") / 4;
const EXTRA = at("OUTBOX_EXTRA") / 4;

const counter = (name: CounterName): number => counterNames.indexOf(name);
const IOTLB_HIT = counter("iotlbHits");
const CONTEXT_HIT = counter("contextHits");
const PASID_HIT = counter("pasidHits");
const FIRST_STAGE_HIT = counter("firstStagePagingHits");
const SECOND_STAGE_HIT = counter("secondStagePagingHits");
const INTERRUPT_HIT = counter("interruptEntryHits");
const ROOT_READ = counter("rootReads");
const CONTEXT_READ = counter("contextReads");
const DIRECTORY_READ = counter("pasidDirectoryReads");
const PASID_READ = counter("pasidEntryReads");
const FIRST_STAGE_READ = counter("firstStageReads");
const SECOND_STAGE_READ = counter("secondStageReads");
const INTERRUPT_READ = counter("interruptEntryReads");
const POSTED_READ = counter("postedDescriptorReads");
const DESCRIPTOR_READ = counter("descriptorReads");

const cache = (name: CacheName): number => cacheNames.indexOf(name);
const IOTLB = cache("iotlb");
const CONTEXT = cache("context");
const PASID = cache("pasid");
const FIRST_STAGE = cache("firstStagePaging");
const SECOND_STAGE = cache("secondStagePaging");
const INTERRUPT_ENTRY = cache("interruptEntry");

// Fields of entries (§9.3, §9.6 to §9.8), as bits of the lower half of their word.
const NESTED = 3;
const PAGE_SIZE = 1 << 7;
const FIRST_STAGE_ACCESSED = 1 << 5;
const SECOND_STAGE_ACCESSED = 1 << 8;
const SECOND_STAGE_DIRTY = 1 << 9;
const translationType = (word0: number): number => (word0 >> 6) & 7;
const secondStageLevels = (addressWidth: number): number => (addressWidth & 7) + 2;
const firstStageLevels = (word2: number): number => 4 + ((word2 >> 2) & 3);

/**
 * Makes steps of what a unit tells that it touched. Hits and reads are told in order; lookups that missed follow from
 * the reads behind them, levels from the hit or the table entry that a walk began with, and the places of flag updates
 * from the entries that were read, while their number is counted.
 */
export class TouchedWalk {
  usesWalker = true;
  #iotlbLookups = 0;
  #firstStageFlags = 0;
  #secondStageFlags = 0;
  #lastRead = -1;
  #lastAddress = 0;
  /** Words of the structure that is read: the place of the last. */
  #word = 0;
  #inWalker = false;
  #nested = false;
  #firstStageTop = 4;
  #secondStageTop = 4;
  /** Levels that the next reads of each stage are of; 0: no walk is under way. */
  #firstStageLevel = 0;
  #secondStageLevel = 0;

  /** A call begins, with these counters. */
  begin(iotlbLookups: number, firstStageFlags: number, secondStageFlags: number): void {
    this.#iotlbLookups = iotlbLookups;
    this.#firstStageFlags = firstStageFlags;
    this.#secondStageFlags = secondStageFlags;
    this.#lastRead = -1;
    this.#inWalker = false;
    this.#nested = false;
    this.#firstStageLevel = 0;
    this.#secondStageLevel = 0;
  }

  /** It has ended, with these. */
  counted(
    flight: Flight,
    iotlbLookups: number,
    firstStageFlags: number,
    secondStageFlags: number,
  ): void {
    this.#firstStageFlags = firstStageFlags - this.#firstStageFlags;
    this.#secondStageFlags = secondStageFlags - this.#secondStageFlags;
    if (iotlbLookups === this.#iotlbLookups) return;
    flight.lookups[IOTLB]!++;
    flight.program.add(stageNumber.iotlbLookup);
  }

  /** A record of the outbox, at a place in 32-bit words. */
  touched(flight: Flight, words: Int32Array, slot: number, isRead: boolean): void {
    const counter = words[slot + COUNTER]!;
    if (counter === IOTLB_HIT) {
      flight.hits[IOTLB]!++;
      return;
    }
    if (this.usesWalker && !this.#inWalker) {
      this.#inWalker = true;
      flight.program.add(stageNumber.dispatch);
    }
    if (isRead) this.#read(flight, counter, words, slot);
    else this.#hit(flight, counter, words, slot);
  }

  /** The flags of leaves are set in the end, and the walker is free. */
  end(flight: Flight): void {
    const { program } = flight;
    for (; this.#firstStageFlags > 0; this.#firstStageFlags--) {
      program.add(stageNumber.firstStageFlagUpdate);
    }
    for (; this.#secondStageFlags > 0; this.#secondStageFlags--) {
      program.add(stageNumber.secondStageFlagUpdate);
    }
    if (this.#inWalker) program.add(control.leaveWalker);
  }

  #hit(flight: Flight, counter: number, words: Int32Array, slot: number): void {
    this.#lastRead = -1;
    switch (counter) {
      case CONTEXT_HIT:
        this.#lookup(flight, stageNumber.contextLookup, CONTEXT, true);
        this.#secondStageTop = secondStageLevels(words[slot + VALUE]!);
        break;
      case PASID_HIT:
        this.#lookup(flight, stageNumber.pasidLookup, PASID, true);
        this.#pasidWord(0, words[slot + ADDRESS]!);
        this.#pasidWord(2, words[slot + EXTRA]!);
        break;
      case FIRST_STAGE_HIT: {
        const level = words[slot + VALUE]!;
        this.#lookup(flight, stageNumber.firstStagePagingLookup, FIRST_STAGE, true, level);
        this.#firstStageLevel = level - 1;
        break;
      }
      case SECOND_STAGE_HIT: {
        const level = words[slot + VALUE]!;
        this.#beginNested(flight);
        this.#lookup(flight, stageNumber.secondStagePagingLookup, SECOND_STAGE, true, level);
        this.#secondStageLevel = level - 1;
        break;
      }
      case INTERRUPT_HIT:
        this.#lookup(flight, stageNumber.interruptEntryLookup, INTERRUPT_ENTRY, true);
        break;
    }
  }

  #read(flight: Flight, counter: number, words: Int32Array, slot: number): void {
    const address = words[slot + ADDRESS]!;
    const value = words[slot + VALUE]!;
    const { program } = flight;
    if (counter === FIRST_STAGE_READ) {
      this.#firstStageRead(flight, value);
    } else if (counter === SECOND_STAGE_READ) {
      this.#secondStageRead(flight, value);
    } else if (counter === this.#lastRead && address === ((this.#lastAddress + 8) | 0)) {
      // A further word of the same structure comes with the first.
      this.#word++;
      if (counter === PASID_READ) this.#pasidWord(this.#word, value);
      if (counter === CONTEXT_READ && this.#word === 1) {
        this.#secondStageTop = secondStageLevels(value);
      }
    } else {
      this.#word = 0;
      switch (counter) {
        case ROOT_READ:
          this.#lookup(flight, stageNumber.contextLookup, CONTEXT, false);
          program.add(stageNumber.rootRead);
          break;
        case CONTEXT_READ:
          program.add(stageNumber.contextRead);
          break;
        case DIRECTORY_READ:
          this.#lookup(flight, stageNumber.pasidLookup, PASID, false);
          program.add(stageNumber.pasidDirectoryRead);
          break;
        case PASID_READ:
          program.add(stageNumber.pasidEntryRead);
          this.#pasidWord(0, value);
          break;
        case INTERRUPT_READ:
          this.#lookup(flight, stageNumber.interruptEntryLookup, INTERRUPT_ENTRY, false);
          program.add(stageNumber.interruptEntryRead);
          break;
        case POSTED_READ:
          program.add(stageNumber.postedDescriptorRead);
          break;
        case DESCRIPTOR_READ:
          program.add(stageNumber.descriptorRead);
          break;
      }
    }
    this.#lastRead = counter;
    this.#lastAddress = address;
  }

  #firstStageRead(flight: Flight, value: number): void {
    const { program } = flight;
    if (this.#firstStageLevel === 0) this.#beginFirstStage(flight);
    this.#secondStageLevel = 0;
    const level = this.#firstStageLevel--;
    program.add(stageNumber.firstStageRead, level);
    const leaf = level === 1 || (level <= 3 && (value & PAGE_SIZE) !== 0);
    if (leaf) this.#firstStageLevel = 0;
    if (!leaf && this.#firstStageFlags > 0 && (value & FIRST_STAGE_ACCESSED) === 0) {
      this.#firstStageFlags--;
      program.add(stageNumber.firstStageFlagUpdate, level);
    }
    this.#leafWasRead = leaf;
  }

  /** The first stage has come to its leaf: what the second stage translates next is the page itself. */
  #leafWasRead = false;

  #secondStageRead(flight: Flight, value: number): void {
    const { program } = flight;
    if (this.#secondStageLevel === 0) {
      this.#beginNested(flight);
      this.#lookup(flight, stageNumber.secondStagePagingLookup, SECOND_STAGE, false);
      this.#secondStageLevel = this.#secondStageTop;
    }
    const level = this.#secondStageLevel--;
    program.add(stageNumber.secondStageRead, level);
    const leaf = level === 1 || (level <= 3 && (value & PAGE_SIZE) !== 0);
    if (leaf) this.#secondStageLevel = 0;
    if (this.#secondStageFlags === 0) return;
    const due = leaf
      ? this.#nested &&
        !this.#leafWasRead &&
        (~value & (SECOND_STAGE_ACCESSED | SECOND_STAGE_DIRTY)) !== 0
      : (value & SECOND_STAGE_ACCESSED) === 0;
    if (!due) return;
    this.#secondStageFlags--;
    program.add(stageNumber.secondStageFlagUpdate, level);
  }

  /** In nested translation a first-stage walk that found nothing cached shows by what the second stage does for it. */
  #beginNested(flight: Flight): void {
    if (this.#nested && this.#firstStageLevel === 0 && !this.#leafWasRead) {
      this.#beginFirstStage(flight);
    }
  }

  #beginFirstStage(flight: Flight): void {
    this.#lookup(flight, stageNumber.firstStagePagingLookup, FIRST_STAGE, false);
    this.#firstStageLevel = this.#firstStageTop;
  }

  #lookup(flight: Flight, stage: number, cache: number, hit: boolean, level = 0): void {
    flight.lookups[cache]!++;
    if (hit) flight.hits[cache]!++;
    flight.program.add(stage, level);
    if (cache === CONTEXT) {
      this.#firstStageLevel = 0;
      this.#secondStageLevel = 0;
      this.#leafWasRead = false;
    }
  }

  #pasidWord(place: number, word: number): void {
    if (place === 0) {
      this.#nested = translationType(word) === NESTED;
      this.#secondStageTop = secondStageLevels(word >> 2);
    } else if (place === 2) {
      this.#firstStageTop = firstStageLevels(word);
    }
  }
}
