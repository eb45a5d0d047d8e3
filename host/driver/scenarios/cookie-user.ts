import type { uapi } from "../iommufd/index.js";
import type { ResponseCode } from "../iopf/index.js";
import { assertInvariant, type Kernel, type Routine } from "../kernel/index.js";
import { IommufdWorld, type IommufdWorldOptions } from "./iommufd-world.js";

type Message = uapi.HwptPgfault;

/**
 * A program that answers groups by their cookies, and a device that takes note of what it gets: an answer must go to the
 * group whose messages were read with the cookie ("wrong-group"), and these must be of one group ("mixed-group"). Each
 * request has an address of its own.
 */
export class CookieUser {
  readonly world: IommufdWorld;
  /** What the device got, by the address of the request. */
  readonly #taken = new Map<bigint, ResponseCode>();
  /** How many answers were begun. */
  readonly #tries = new Map<bigint, number>();

  constructor(kernel: Kernel, options: Omit<IommufdWorldOptions, "device">) {
    const take = (address: bigint, code: ResponseCode) => {
      this.#taken.set(address, code);
      // Of success the kernel never speaks by itself.
      if (code === "SUCCESS") assertOwn(this.#tries.has(address), address, "gets another's answer");
    };
    this.world = new IommufdWorld(kernel, {
      ...options,
      device: {
        // eslint-disable-next-line require-yield -- it only takes a note
        *send({ address }, code) {
          take(address, code);
        },
      },
    });
  }

  /** What a read of so many messages answers, as the last message of each group. */
  *read(fd: number, most: number): Routine<Message[]> {
    const messages = yield* this.world.read(fd, most);
    for (const { cookie, grpid, pasid } of messages) {
      const isOther = (each: Message) =>
        each.cookie === cookie && (each.grpid !== grpid || each.pasid !== pasid);
      const other = messages.find(isOther);
      assertInvariant(
        other === undefined,
        "mixed-group",
        () => `a request of PASID ${other!.pasid} is in a group of PASID ${pasid}`,
      );
    }
    return messages.filter(({ flags }) => (flags & LAST_PAGE) !== 0);
  }

  /** Answers a group by the cookie of its last message: 0 is success, 1 is not. */
  *answer(fd: number, { cookie, addr }: Message, code: 0 | 1): Routine {
    this.#tries.set(addr, (this.#tries.get(addr) ?? 0) + 1);
    const isTaken = yield* this.world.answer(fd, cookie, code);
    const got = this.#taken.get(addr);
    if (isTaken) {
      // INVALID comes also by itself, when a group is taken back.
      const isOwn = got === "INVALID" || (got === "SUCCESS" && code === 0);
      assertOwn(isOwn, addr, "has an answer that went to another group");
    } else if (this.#tries.get(addr) === 1) {
      assertOwn(got !== "SUCCESS", addr, "was answered by another's answer");
    }
  }
}

function assertOwn(holds: boolean, address: bigint, what: string): void {
  assertInvariant(holds, "wrong-group", () => `the group of 0x${address.toString(16)} ${what}`);
}

/** Of the flags of a message. */
const LAST_PAGE = 2;
