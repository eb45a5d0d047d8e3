import type { CookieOptions, uapi } from "../iommufd/index.js";
import type { Scenario } from "../explore/index.js";
import type { ResponseCode } from "../iopf/index.js";
import { assertInvariant, Completion } from "../kernel/index.js";
import { IommufdWorld } from "./iommufd-world.js";

interface Rules {
  readonly cookies: CookieOptions;
  /** A second thread answers the first message too, at some time or other. */
  readonly late?: true;
}

const rules: Readonly<Record<string, Rules>> = {
  grpid: { cookies: { kind: "grpid" } },
  tuple: { cookies: { kind: "tuple" } },
  lowest: { cookies: { kind: "lowest" } },
  cyclic: { cookies: { kind: "cyclic" } },
  generation: { cookies: { kind: "generation" } },
  "lowest-late": { cookies: { kind: "lowest" }, late: true },
  "cyclic-late": { cookies: { kind: "cyclic" }, late: true },
  "generation-late": { cookies: { kind: "generation" }, late: true },
  "wrap-late": { cookies: { kind: "cyclic", last: 1 }, late: true },
};

const PASID = 5;

/** Two groups, the second with the index of the first or not, while that may be unanswered. */
const requestsOf = (second: number) =>
  [1, second].map((grpid, n) => ({ pasid: PASID, grpid, address: 0x1000n * BigInt(n + 1) }));

/** A handler in user space answers groups by cookies: no answer may go to another group, and none may be lost. */
export const faultCookies: Scenario = {
  name: "fault-cookies",
  about: "how answers of user space name their groups, with a hostile device or a late answer",
  variants: {
    lowest: { expected: "sound", about: "the lowest free number; a device that repeats indexes" },
    cyclic: { expected: "sound", about: "the next number; a device that repeats indexes" },
    generation: { expected: "sound", about: "slot and generation; a device that repeats indexes" },
    grpid: { expected: "unsound", about: "the device's index: two groups have one name" },
    tuple: { expected: "unsound", about: "device, PASID and index: likewise" },
    "cyclic-late": { expected: "sound", about: "the next number; one answer comes twice" },
    "generation-late": { expected: "sound", about: "slot and generation; one answer comes twice" },
    "lowest-late": {
      expected: "unsound",
      about: "the lowest free number, as in Linux (Q10): the second answer goes to another group",
    },
    "wrap-late": { expected: "unsound", about: "the next number, of one: numbers come round" },
  },
  setup(kernel, variant) {
    const { cookies, late = false } = rules[variant]!;
    const requests = requestsOf(late ? 2 : 1);
    const taken = new Map<bigint, ResponseCode>();
    const world = new IommufdWorld(kernel, {
      cookies,
      device: {
        // eslint-disable-next-line require-yield -- it only takes a note
        *send({ address }, code) {
          taken.set(address, code);
        },
      },
    });
    const handled = new Completion(kernel, "handled");
    const first = new Completion(kernel, "first message");
    const watched = new Completion(kernel, "watched");
    // One for each group: who waits for the first must not be ordered behind the others.
    const arrived = requests.map((_, n) => new Completion(kernel, `group ${n + 1} arrived`));
    let earliest: uapi.HwptPgfault | undefined;

    function* answer(fd: number, { cookie, addr }: uapi.HwptPgfault, code: 0 | 1) {
      if (!(yield* world.answer(fd, cookie, code))) return;
      assertInvariant(
        taken.get(addr) === (code === 0 ? "SUCCESS" : "INVALID"),
        "wrong-group",
        () => `the answer to 0x${addr.toString(16)} went to another group`,
      );
    }
    function* handler(fd: number) {
      for (const group of arrived) {
        yield* group.wait();
        const messages = yield* world.read(fd, requests.length);
        if (earliest === undefined && messages.length > 0) {
          earliest = messages[0];
          yield* first.complete();
        }
        for (const message of messages) yield* answer(fd, message, 0);
      }
      if (earliest === undefined) yield* first.complete();
      yield* handled.complete();
    }
    function* watchdog(fd: number) {
      yield* first.wait();
      if (earliest !== undefined) yield* answer(fd, earliest, 1);
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
  },
};
