/** Tiny guests for tests: 32-bit x86 machine code in a multiboot ELF image. */

/** Where the image is loaded; its first instruction is the entry point. */
export const LOAD_ADDRESS = 0x100000;
const HEADERS = 0x1000;
const MULTIBOOT_MAGIC = 0x1bad_b002;

export type Code = readonly number[];

const le32 = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
const le16 = (value: number): number[] => le32(value).slice(0, 2);

/** Instructions, by what they do. Addresses are physical: there is no paging. */
export const x86 = {
  cli: [0xfa],
  sti: [0xfb],
  hlt: [0xf4],
  iret: [0xcf],
  /** An undefined instruction. */
  undefined: [0x0f, 0x0b],
  loopForever: [0xeb, 0xfe],
  setEax: (value: number) => [0xb8, ...le32(value)],
  setEcx: (value: number) => [0xb9, ...le32(value)],
  load32: (address: number) => [0xa1, ...le32(address)],
  load16: (address: number) => [0x66, 0xa1, ...le32(address)],
  load8: (address: number) => [0xa0, ...le32(address)],
  /** Stores EAX. */
  save: (address: number) => [0xa3, ...le32(address)],
  store32: (address: number, value: number) => [0xc7, 0x05, ...le32(address), ...le32(value)],
  store16: (address: number, value: number) => [0x66, 0xc7, 0x05, ...le32(address), ...le16(value)],
  store8: (address: number, value: number) => [0xc6, 0x05, ...le32(address), value & 0xff],
  increment: (address: number) => [0xff, 0x05, ...le32(address)],
  loadTables: (gdtPointer: number, idtPointer: number) => [
    ...[0x0f, 0x01, 0x15, ...le32(gdtPointer)],
    ...[0x0f, 0x01, 0x1d, ...le32(idtPointer)],
  ],
  setEsp: (address: number) => [0xbc, ...le32(address)],
  out8: (port: number, value: number) => [
    ...[0xb0, value & 0xff],
    ...[0x66, 0xba, ...le16(port), 0xee],
  ],
  /** A 32-bit write to an I/O port. */
  out32: (port: number, value: number) => [
    ...[0xb8, ...le32(value)],
    ...[0x66, 0xba, ...le16(port), 0xef],
  ],
  /** EAX from an I/O port. */
  in32: (port: number) => [0x66, 0xba, ...le16(port), 0xed],
  print: (text: string) =>
    [...text].flatMap((c) => [0x66, 0xba, 0xf8, 0x03, 0xb0, c.charCodeAt(0), 0xee]),
  exit: (value: number) => [0xb8, ...le32(value), 0xe7, 0xf4],
  /** Ends the guest with EAX minus the value: 0 if EAX is what is expected. */
  exitWithEaxMinus: (value: number) => [0x2d, ...le32(value), 0xe7, 0xf4],
  /** Repeats the body `count` times; the body must keep ECX. */
  repeat: (count: number, body: Code) => [
    ...[0xb9, ...le32(count)],
    ...body,
    0x49, // dec ecx
    ...[0x0f, 0x85, ...le32(-(body.length + 7))], // jnz body
  ],
  /** Loops until the 32-bit word at the address is not 0. */
  spinWhileZero: (address: number) => [0x83, 0x3d, ...le32(address), 0x00, 0x74, 0xf7],
} as const;

/** An ELF image that runs the instructions; machine and multiboot header can be spoiled by tests. */
export function guestImage(...code: readonly Code[]): ArrayBuffer {
  const bytes = code.flat();
  const image = new Uint8Array(HEADERS + bytes.length);
  const view = new DataView(image.buffer);
  image.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  // Type, machine, and the sizes of the ELF header, of a program header (one) and of a section header.
  const halves: readonly (readonly [at: number, value: number])[] = [
    [16, 2],
    [18, 3],
    [40, 52],
    [42, 32],
    [44, 1],
    [46, 40],
  ];
  for (const [at, value] of halves) view.setUint16(at, value, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, LOAD_ADDRESS, true);
  view.setUint32(28, 52, true);
  const segment = [1, HEADERS, LOAD_ADDRESS, LOAD_ADDRESS, bytes.length, bytes.length, 5, 0x1000];
  segment.forEach((value, index) => {
    view.setUint32(52 + 4 * index, value, true);
  });
  view.setUint32(0x100, MULTIBOOT_MAGIC, true);
  view.setUint32(0x108, -MULTIBOOT_MAGIC >>> 0, true);
  image.set(bytes, HEADERS);
  return image.buffer;
}

/** Where `interruptTables` puts what `x86.loadTables` needs. */
export const TABLES = { gdtPointer: 0x2000, idtPointer: 0x2008, gdt: 0x2010, idt: 0x3000 } as const;

/** Writes flat segments and one interrupt gate into guest memory. */
export function writeInterruptTables(
  memory: { tryWriteBytes(address: bigint, bytes: Uint8Array): boolean },
  vector: number,
  handler: number,
): void {
  const put = (address: number, bytes: readonly number[]): void => {
    memory.tryWriteBytes(BigInt(address), Uint8Array.from(bytes));
  };
  put(TABLES.gdtPointer, [...le16(23), ...le32(TABLES.gdt)]);
  put(TABLES.idtPointer, [...le16(0x7ff), ...le32(TABLES.idt)]);
  put(TABLES.gdt, [
    ...[0, 0, 0, 0, 0, 0, 0, 0],
    ...[0xff, 0xff, 0, 0, 0, 0x9a, 0xcf, 0],
    ...[0xff, 0xff, 0, 0, 0, 0x92, 0xcf, 0],
  ]);
  const gate = [...le16(handler), 0x08, 0x00, 0x00, 0x8e, ...le16(handler >>> 16)];
  put(TABLES.idt + 8 * vector, gate);
}
