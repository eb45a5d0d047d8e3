/** The exports of core.wasm and core-port.wasm (assembly/core.ts): 32-bit integers in, one out. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  abiVersion(): number;
  configuration(): number;
  configure(): number;
  growMemory(pages: number): number;
  peek32(address: number): number;
  poke32(address: number, value: number): number;
  reset(kind: number): number;
  loadState(): number;
  readRegister(offset: number, size: number): number;
  writeRegister(offset: number, size: number, low: number, high: number): number;
  translate(sourceId: number, pasid: number, low: number, high: number, access: number): number;
  translateBatch(records: number, count: number): number;
  /** 1: batches read ahead, for memory whose reads have no effect; 0 they do not. */
  readAhead(allowed: number): number;
  beginAccess(sourceId: number, pasid: number, low: number, high: number, access: number): number;
  endAccess(token: number): number;
  requestTranslation(
    sourceId: number,
    pasid: number,
    low: number,
    high: number,
    access: number,
  ): number;
  translateTranslated(
    sourceId: number,
    pasid: number,
    low: number,
    high: number,
    access: number,
  ): number;
  requestPage(sourceId: number, pasid: number, low: number, high: number, flags: number): number;
  remapInterrupt(sourceId: number, address: number, data: number): number;
  completeInvalidation(sourceId: number, itag: number): number;
  advance(low: number, high: number): number;
  nextDeadline(): number;
  resume(): number;
  /** 0 as ever, 1 a dry run, 2 fetches and hits go to the outbox besides. */
  explain(mode: number): number;
}

/** The exports of guest-memory.wasm, which is also what core-port.wasm imports as "memory-port". */
export interface GuestMemoryExports {
  useMemoryMap(address: number): number;
  useFlatMemory(base: number, size: number): number;
  read64(address: bigint): bigint;
  write64(address: bigint, value: bigint): number;
  compareExchange64(address: bigint, expected: bigint, replacement: bigint): bigint;
  failed(): number;
  lastEntry(table: bigint, address: bigint, levels: number): number;
  touch(place: number): number;
}
