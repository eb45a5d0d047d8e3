import { Errno } from "../errno.js";
import type { Routine } from "../kernel/index.js";
import type { Context } from "./context.js";
import { putFile, type FileOperations } from "./files.js";
import type { IommufdObject } from "./objects.js";

/** Holder of the reference that an open file has of its object. */
const FILE = "the open file";

/**
 * Shows an object, and opens a file for it, which keeps the object and the context; answers the descriptor.
 * If that fails the memory of the object is freed.
 */
export function* openObjectFile(
  context: Context,
  object: IommufdObject,
  options: { readonly name: string; operations(release: () => Routine): FileOperations },
): Routine<number | Errno> {
  const { kernel, objects, process } = context;
  yield* objects.reserve(object);
  const ofContext = context.file();
  const release = function* (): Routine {
    yield* object.refs.put(FILE);
    if (ofContext !== undefined) yield* putFile(kernel, ofContext);
  };
  const file = yield* process.open(options.name, options.operations(release));
  if (file instanceof Errno) {
    yield* objects.abort(object);
    yield* kernel.heap.free(object);
    return file;
  }
  yield* object.refs.get(FILE);
  if (ofContext !== undefined) yield* ofContext.refs.get();
  const fd = yield* process.reserve();
  yield* process.install(fd, file);
  yield* objects.finalise(object);
  return fd;
}
