import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { putFile, type FileOperations } from "./files.js";
import type { IommufdObject } from "./objects.js";
import type { Respond } from "./respond.js";

/** Holder of the reference that an open file has of its object. */
const FILE = "the open file";

export interface ObjectFileOptions {
  readonly name: string;
  readonly operations: (release: () => Routine) => FileOperations;
  /** Tells user space the descriptor. */
  readonly respond: Respond<number>;
  /** Part of the step that shows the object. */
  readonly beforeShown?: () => void;
}

/**
 * Shows an object, and opens a file for it, which keeps the object and the context. If that fails all is undone, and the
 * memory of the object freed.
 */
export function* openObjectFile(
  context: Context,
  object: IommufdObject,
  { name, operations, respond, beforeShown }: ObjectFileOptions,
): Routine<{ readonly id: number; readonly fd: number } | Errno> {
  const { kernel, objects, process } = context;
  yield* objects.reserve(object);
  const ofContext = context.file();
  const release = function* (): Routine {
    yield* object.refs.put(FILE);
    if (ofContext !== undefined) yield* putFile(kernel, ofContext);
  };
  const file = yield* process.open(name, operations(release));
  if (file instanceof Errno) {
    yield* objects.abort(object);
    yield* kernel.heap.free(object);
    return file;
  }
  yield* object.refs.get(FILE);
  if (ofContext !== undefined) yield* ofContext.refs.get();
  const fd = yield* process.reserve();
  const { id } = object;
  const told = yield* respond(fd);
  if (told !== 0) {
    yield* process.unreserve(fd);
    yield* putFile(kernel, file);
    yield* objects.abort(object);
    yield* kernel.heap.free(object);
    return told;
  }
  yield* process.install(fd, file);
  beforeShown?.();
  yield* objects.finalise(object);
  return { id, fd };
}
