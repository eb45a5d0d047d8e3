import { Errno } from "../errno.js";
import { POLL, type UserBuffer, type UserProcess } from "../iommufd/index.js";
import type { Step } from "../kernel/index.js";
import type { FaultPort } from "./port.js";

/** How a program of the driver stub reaches the fault queue that is open as `fd`. `map` says what becomes of a request. */
export function processFaultPort(
  process: UserProcess,
  fd: number,
  map: FaultPort<Step<unknown>>["map"],
): FaultPort<Step<unknown>> {
  let room: UserBuffer | undefined;
  let answers: UserBuffer | undefined;
  return {
    *poll() {
      return !((yield* process.pollWait(fd, POLL.IN)) instanceof Errno);
    },
    *read(count) {
      room = enough(process, room, count);
      const result = yield* process.read(fd, room.address, count);
      return result instanceof Errno ? result.name : room.bytes.slice(0, result);
    },
    *write(bytes) {
      answers = enough(process, answers, bytes.length);
      answers.bytes.set(bytes);
      const result = yield* process.write(fd, answers.address, bytes.length);
      return result instanceof Errno ? result.name : result;
    },
    map,
  };
}

/** The buffer, or a larger one. */
function enough(process: UserProcess, buffer: UserBuffer | undefined, count: number): UserBuffer {
  return buffer !== undefined && buffer.length >= count ? buffer : process.memory.map(count);
}
