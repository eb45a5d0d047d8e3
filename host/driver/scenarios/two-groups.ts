import type { uapi } from "../iommufd/index.js";
import { Completion, type Kernel } from "../kernel/index.js";
import type { CookieUser } from "./cookie-user.js";

const PASID = 5;

/** Two groups, the second with the index of the first or not, while that may be unanswered. */
const requestsOf = (second: number) =>
  [1, second].map((grpid, n) => ({ pasid: PASID, grpid, address: 0x1000n * BigInt(n + 1) }));

/** One program answers what arrives; where `late`, a second answers the first message too, at some time or other. */
export function twoGroups(kernel: Kernel, user: CookieUser, late: boolean): void {
  const { world } = user;
  const requests = requestsOf(late ? 2 : 1);
  const handled = new Completion(kernel, "handled");
  const first = new Completion(kernel, "first message");
  const watched = new Completion(kernel, "watched");
  // One for each group: who waits for the first must not be ordered behind the others.
  const arrived = requests.map((_, n) => new Completion(kernel, `group ${n + 1} arrived`));
  let earliest: uapi.HwptPgfault | undefined;
  function* handler(fd: number) {
    for (const group of arrived) {
      yield* group.wait();
      const messages = yield* user.read(fd, requests.length);
      if (earliest === undefined && messages.length > 0) {
        earliest = messages[0];
        yield* first.complete();
      }
      for (const message of messages) yield* user.answer(fd, message, 0);
    }
    if (earliest === undefined) yield* first.complete();
    yield* handled.complete();
  }
  function* watchdog(fd: number) {
    yield* first.wait();
    if (earliest !== undefined) yield* user.answer(fd, earliest, 1);
    yield* watched.complete();
  }
  kernel.spawn("host", function* () {
    const queue = yield* world.attach(PASID);
    if (queue === undefined) return;
    const { fd } = queue;
    kernel.spawn("handler", () => handler(fd));
    if (late) kernel.spawn("watchdog", () => watchdog(fd));
    kernel.spawn("device", function* () {
      for (const [n, request] of requests.entries()) {
        yield* world.request(request);
        yield* arrived[n]!.complete();
      }
    });
    yield* handled.wait();
    if (late) yield* watched.wait();
    yield* world.tearDown(queue, PASID);
  });
}
