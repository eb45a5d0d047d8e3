import type { CookieKind } from "../iommufd/index.js";
import type { Fault } from "../iopf/index.js";
import { Completion, type Kernel, type Routine } from "../kernel/index.js";
import type { CookieUser } from "./cookie-user.js";
import type { AttachedQueue } from "./iommufd-world.js";

/** What a device sends: its last requests end groups. */
type Sent = Partial<Fault> & Pick<Fault, "grpid">;

/** What a device, or the user's own timing, does to cookies. */
export interface CookieThreat {
  readonly about: string;
  /** Kinds of cookies that do not stand it. */
  readonly breaks: readonly CookieKind[];
  readonly start: (kernel: Kernel, user: CookieUser) => void;
}

const PASID = 5;
const OTHER_PASID = 6;
/** More than any program here can find. */
const MOST_MESSAGES = 4;

/** Each request has an address of its own. */
function numbered(requests: readonly Sent[], first = 1): Sent[] {
  return requests.map((each, n) => ({
    address: 0x1000n * BigInt(first + n),
    pasid: PASID,
    ...each,
  }));
}

interface Program {
  readonly requests: readonly Sent[];
  /** Of a second device with the same faults file, if there is one. */
  readonly others?: readonly Sent[];
  readonly pasids?: readonly number[];
  /** Groups after which the user reads: 1 is at each. Default 1. */
  readonly reads?: readonly number[];
}

/** A device sends requests one after the other, while a program reads and answers what has arrived, the newest first. */
function answering({
  requests,
  others = [],
  pasids = [PASID],
  reads,
}: Program): CookieThreat["start"] {
  return (kernel, user) => {
    const { world } = user;
    const all = [numbered(requests), numbered(others, 1 + requests.length)];
    const groups = all.map((sent) => sent.filter(({ last = true }) => last).length);
    const total = groups[0]! + groups[1]!;
    const arrived = all.map((_, device) =>
      Array.from({ length: groups[device]! }, (__, n) => {
        return new Completion(kernel, `group ${n + 1} of device ${device + 1} arrived`);
      }),
    );
    const handled = new Completion(kernel, "handled");
    function* device(sent: readonly Sent[], index: number, request: (one: Sent) => Routine) {
      let group = 0;
      for (const one of sent) {
        yield* request(one);
        if (one.last !== false) yield* arrived[index]![group++]!.complete();
      }
    }
    function* handler(fd: number) {
      const order = [...arrived[0]!, ...arrived[1]!];
      for (const [n, group] of order.entries()) {
        yield* group.wait();
        if (reads !== undefined && !reads.includes(n + 1)) continue;
        const messages = yield* user.read(fd, MOST_MESSAGES);
        for (const message of messages.reverse()) yield* user.answer(fd, message, 0);
      }
      yield* handled.complete();
    }
    kernel.spawn("host", function* () {
      const queue = yield* world.attach(...pasids);
      if (queue === undefined) return;
      const second = others.length === 0 ? undefined : yield* world.join(queue, PASID);
      if (others.length > 0 && second === undefined) {
        yield* world.tearDown(queue, ...pasids);
        return;
      }
      kernel.spawn("handler", () => handler(queue.fd));
      kernel.spawn("device", () => device(all[0]!, 0, (one) => world.request(one)));
      if (second !== undefined) {
        kernel.spawn("device", () =>
          device(all[1]!, 1, (one) => world.request(one, second.device)),
        );
      }
      if (total > 0) yield* handled.wait();
      if (second !== undefined) yield* world.leave(second, PASID);
      yield* world.tearDown(queue, ...pasids);
    });
  };
}

/** A group is read; before its answer its PASID is attached anew, and the device's next group may get the cookie. */
function reattached(kernel: Kernel, user: CookieUser): void {
  const { world } = user;
  const [one, two] = numbered([{ grpid: 1 }, { grpid: 1 }]);
  const read = new Completion(kernel, "first read");
  const done = [1, 2].map((n) => new Completion(kernel, `handler ${n} done`));
  function* handle(fd: number, n: number, afterRead: () => Routine) {
    const messages = yield* user.read(fd, 1);
    yield* afterRead();
    for (const message of messages) yield* user.answer(fd, message, 0);
    yield* done[n]!.complete();
  }
  function* reattach({ idev, hwpt }: AttachedQueue) {
    yield* world.iommufd.detach(idev, PASID);
    yield* world.iommufd.attach(idev, hwpt, PASID);
  }
  kernel.spawn("host", function* () {
    const queue = yield* world.attach(PASID);
    if (queue === undefined) return;
    const { fd } = queue;
    yield* world.request(one!);
    kernel.spawn("handler", () => handle(fd, 0, () => read.complete()));
    yield* read.wait();
    yield* reattach(queue);
    yield* world.request(two!);
    kernel.spawn("handler", () => handle(fd, 1, nothing));
    for (const each of done) yield* each.wait();
    yield* world.tearDown(queue, PASID);
  });
}

// eslint-disable-next-line require-yield -- nobody waits for it
function* nothing(): Routine {
  return;
}

const again: Sent = { grpid: 1 };
const partial = (grpid: number, pasid = PASID): Sent => ({ grpid, pasid, last: false });

/** By the end of a variant's name: "lowest-flood". */
export const cookieThreats: Readonly<Record<string, CookieThreat>> = {
  flood: {
    about: "a device sends three groups of one index, answered the newest first",
    breaks: ["grpid", "tuple"],
    start: answering({ requests: [again, again, again], reads: [2, 3] }),
  },
  pasids: {
    about: "two PASIDs of a device use one index",
    breaks: ["grpid"],
    start: answering({
      requests: [again, { ...again, pasid: OTHER_PASID }],
      pasids: [PASID, OTHER_PASID],
    }),
  },
  devices: {
    about: "two devices with one faults file use one PASID and one index",
    breaks: ["grpid"],
    start: answering({ requests: [again], others: [again], reads: [2] }),
  },
  partials: {
    about: "requests of groups whose last one never comes, around a group of two",
    breaks: [],
    start: answering({ requests: [partial(1), partial(2), { grpid: 2 }, partial(1)] }),
  },
  reuse: {
    about:
      "a PASID is attached anew between a read and its answer, and its next group has the index",
    breaks: ["lowest", "grpid", "tuple"],
    start: reattached,
  },
};

/** A group that never ends, of one PASID, and a whole one of another with the same index. */
export const strayPartial: CookieThreat["start"] = answering({
  requests: [partial(1), { grpid: 1, pasid: OTHER_PASID }],
  pasids: [PASID, OTHER_PASID],
});
