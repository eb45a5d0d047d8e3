import type { CoreExports } from "../../core/exports.js";
import { at } from "../../core/layout.js";
import type { CallKind } from "./call-kind.js";

export interface CallWatcher {
  /** A call that counts: does it, and answers what it answers. */
  call(kind: CallKind, words: readonly number[], run: () => number): number;
  /** The core goes on with the call before, which a full outbox had stopped. */
  resumed(run: () => number): number;
  /** A dry run begins or ends: what is called within it changes nothing. */
  explaining(on: boolean): void;
}

/** Words of the arguments of one record of a batch, as those of `translate`. */
export const BATCH_WORDS = 5;

/** The exports of a core whose calls go through a watcher. */
export function watchCalls(exports: CoreExports, watcher: CallWatcher): CoreExports {
  const watched =
    <K extends CallKind>(kind: K) =>
    (...words: Parameters<CoreExports[K]>): number =>
      watcher.call(kind, words, () => callOf(exports, kind)(...words));
  return {
    ...exports,
    reset: watched("reset"),
    readRegister: watched("readRegister"),
    writeRegister: watched("writeRegister"),
    translate: watched("translate"),
    beginAccess: watched("beginAccess"),
    endAccess: watched("endAccess"),
    requestTranslation: watched("requestTranslation"),
    translateTranslated: watched("translateTranslated"),
    requestPage: watched("requestPage"),
    remapInterrupt: watched("remapInterrupt"),
    completeInvalidation: watched("completeInvalidation"),
    advance: watched("advance"),
    translateBatch: (records, count) =>
      watcher.call("translateBatch", batchWords(exports.memory, records, count), () =>
        exports.translateBatch(records, count),
      ),
    resume: () => watcher.resumed(() => exports.resume()),
    explain: (on) => {
      watcher.explaining(on !== 0);
      return exports.explain(on);
    },
  };
}

/** An export for whatever number of words it takes. */
export function callOf(exports: CoreExports, kind: CallKind): (...words: number[]) => number {
  const calls: Readonly<Record<CallKind, (...words: number[]) => number>> = exports;
  return (...words) => calls[kind](...words);
}

function batchWords(memory: WebAssembly.Memory, records: number, count: number): number[] {
  const view = new DataView(memory.buffer, records, count * at("REQUEST_SIZE"));
  const words: number[] = [];
  for (let record = 0; record < view.byteLength; record += at("REQUEST_SIZE")) {
    for (const field of ["SOURCE_ID", "PASID"]) {
      words.push(view.getInt32(record + at(`REQUEST_${field}`), true));
    }
    const address = record + at("REQUEST_ADDRESS");
    words.push(view.getInt32(address, true), view.getInt32(address + 4, true));
    words.push(view.getInt32(record + at("REQUEST_ACCESS"), true));
  }
  return words;
}
