/** A reader of ACPI tables that shares nothing with the builders: only offsets of the standards. */

export interface ParsedTable {
  readonly signature: string;
  readonly revision: number;
  readonly length: number;
  readonly sum: number;
  readonly view: DataView;
}

export function sumOf(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) % 256;
  return sum;
}

export function textOf(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder("latin1").decode(bytes.subarray(at, at + length));
}

export function parseTable(bytes: Uint8Array): ParsedTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(4, true);
  return {
    signature: textOf(bytes, 0, 4),
    revision: view.getUint8(8),
    length,
    sum: sumOf(bytes.subarray(0, length)),
    view,
  };
}

export interface ParsedStructure {
  readonly type: number;
  readonly length: number;
  readonly bytes: readonly number[];
}

/** Structures with a header of type and length, each `width` bytes wide. */
export function structuresOf(table: ParsedTable, start: number, width: 1 | 2): ParsedStructure[] {
  const found: ParsedStructure[] = [];
  const field = (at: number) =>
    width === 1 ? table.view.getUint8(at) : table.view.getUint16(at, true);
  for (let at = start; at < table.length;) {
    const length = field(at + width);
    if (length < 2 * width || at + length > table.length) {
      throw new Error(`structure at ${at} has the length ${length}`);
    }
    const bytes = Array.from({ length }, (_, i) => table.view.getUint8(at + i));
    found.push({ type: field(at), length, bytes });
    at += length;
  }
  return found;
}
