import type { Descriptor, Outcome } from "./descriptor.js";
import type { Work } from "./memory-requests.js";
import type { PageAccess } from "./page-access.js";
import type { Failure } from "./page-finder.js";
import { operation, statusCode } from "./registers.js";

const PAGE = 4096;
const OK: Outcome = { code: statusCode.ok, bytes: 0, result: 0n };

/** Carries a descriptor out, page by page, in ascending order. */
export function* execute(descriptor: Descriptor, access: PageAccess): Work<Outcome> {
  if (!descriptor.valid) return { ...OK, code: statusCode.badDescriptor };
  switch (descriptor.operation) {
    case operation.nop:
      return OK;
    case operation.atomicAdd:
      return yield* atomicAdd(descriptor, access);
    case operation.copy:
      return yield* byPages(descriptor, [descriptor.source, descriptor.destination], (step) =>
        copy(descriptor, access, step),
      );
    case operation.fill:
      return yield* byPages(descriptor, [descriptor.destination], (step) =>
        fill(descriptor, access, step),
      );
    case operation.verify:
      return yield* byPages(descriptor, [descriptor.source], (step) =>
        verify(descriptor, access, step),
      );
    default:
      return yield* byPages(descriptor, [descriptor.source, descriptor.destination], (step) =>
        compare(descriptor, access, step),
      );
  }
}

/** A run of bytes that lies within one page of each buffer. */
interface Step {
  readonly offset: number;
  readonly length: number;
}

/** What ends a descriptor early: a failed access, or the offset in the step that differs. */
type StepEnd = Failure | { readonly status: "mismatch"; readonly at: number };

function* byPages(
  descriptor: Descriptor,
  buffers: readonly bigint[],
  work: (step: Step) => Work<StepEnd | undefined>,
): Work<Outcome> {
  let offset = 0;
  while (offset < descriptor.length) {
    const room = buffers.map((start) => PAGE - Number((start + BigInt(offset)) & 0xfffn));
    const length = Math.min(...room, descriptor.length - offset);
    const end = yield* work({ offset, length });
    if (end?.status === "failed") return { code: end.code, bytes: offset, result: end.result };
    if (end) {
      const bytes = offset + end.at;
      return { code: statusCode.mismatch, bytes, result: descriptor.source + BigInt(bytes) };
    }
    offset += length;
  }
  return { ...OK, bytes: descriptor.length };
}

function* copy(descriptor: Descriptor, access: PageAccess, step: Step): Work<StepEnd | undefined> {
  const bytes = yield* readSource(descriptor, access, step);
  if (!(bytes instanceof Uint8Array)) return bytes;
  return yield* writeDestination(descriptor, access, step, bytes);
}

function* fill(descriptor: Descriptor, access: PageAccess, step: Step): Work<StepEnd | undefined> {
  return yield* writeDestination(descriptor, access, step, patternOf(descriptor, step));
}

function* verify(
  descriptor: Descriptor,
  access: PageAccess,
  step: Step,
): Work<StepEnd | undefined> {
  const bytes = yield* readSource(descriptor, access, step);
  if (!(bytes instanceof Uint8Array)) return bytes;
  return firstDifference(bytes, patternOf(descriptor, step));
}

function* compare(
  descriptor: Descriptor,
  access: PageAccess,
  step: Step,
): Work<StepEnd | undefined> {
  const source = yield* readSource(descriptor, access, step);
  if (!(source instanceof Uint8Array)) return source;
  const { destination, length } = descriptor;
  const at = destination + BigInt(step.offset);
  const other = yield* access.read(at, step.length, destination + BigInt(length), false);
  if (!(other instanceof Uint8Array)) return other;
  return firstDifference(source, other);
}

function* atomicAdd(descriptor: Descriptor, access: PageAccess): Work<Outcome> {
  const old = yield* access.fetchAdd(descriptor.destination, descriptor.pattern);
  if (typeof old === "bigint") return { code: statusCode.ok, bytes: 8, result: old };
  return { code: old.code, bytes: 0, result: old.result };
}

function readSource(
  { source, length, execute: asCode }: Descriptor,
  access: PageAccess,
  step: Step,
): Work<Uint8Array | Failure> {
  return access.read(source + BigInt(step.offset), step.length, source + BigInt(length), asCode);
}

function writeDestination(
  { destination, length }: Descriptor,
  access: PageAccess,
  step: Step,
  bytes: Uint8Array,
): Work<Failure | undefined> {
  return access.write(destination + BigInt(step.offset), bytes, destination + BigInt(length));
}

function patternOf({ pattern }: Descriptor, { offset, length }: Step): Uint8Array {
  const word = new Uint8Array(8);
  new DataView(word.buffer).setBigUint64(0, pattern, true);
  return Uint8Array.from({ length }, (_, i) => word[(offset + i) % 8] ?? 0);
}

function firstDifference(found: Uint8Array, expected: Uint8Array): StepEnd | undefined {
  const at = found.findIndex((byte, index) => byte !== expected[index]);
  return at < 0 ? undefined : { status: "mismatch", at };
}
