import type { Fault, Iopf } from "../iopf/index.js";
import { assertInvariant, type Kernel, type Routine } from "../kernel/index.js";
import { faultsOf, queueWork, type Group } from "../iopf/index.js";
import type { VtdDomain, VtdHandle } from "../vtd/index.js";

/** Bits of an address that tell for which binding of its PASID it was meant. */
const GENERATION = 0x1000_0000n;

/** A page request for the address space that was bound as the `generation`th. */
export function faultFor(
  generation: number,
  fault: Omit<Fault, "address" | "read" | "write"> & { readonly page?: number },
): Fault {
  const { page = 0, ...rest } = fault;
  const address = GENERATION * BigInt(generation) + 0x1000n * BigInt(page);
  return { ...rest, address, read: true, write: true };
}

/**
 * A domain whose faults a work queue handles, and which notices faults that were meant for another one
 * ("stale-pasid": what was bound to the PASID before must not be seen).
 */
export function boundDomain(
  kernel: Kernel,
  iopf: Iopf,
  generation: number,
  kind: "pass-through" | "nested" = "pass-through",
): VtdDomain {
  const work = (group: Group) => handleGroup(iopf, generation, group);
  return {
    name: `domain ${generation}`,
    entry: entryOf(kind, generation),
    iopfHandler: (group) => queueWork(kernel, group, work),
  };
}

function* handleGroup(iopf: Iopf, generation: number, group: Group): Routine {
  const { domain } = group.handle;
  for (const { address } of faultsOf(group)) {
    assertInvariant(
      address / GENERATION === BigInt(generation),
      "stale-pasid",
      () => `${domain.name} handles 0x${address.toString(16)}, meant for another`,
    );
  }
  yield* iopf.respond(group, "SUCCESS");
  yield* iopf.freeGroup(group);
}

const LEVELS = 4;

function entryOf(kind: "pass-through" | "nested", generation: number): VtdDomain["entry"] {
  if (kind === "pass-through") return { kind, domain: 1 };
  // Nobody walks these tables: page requests are taken without a look at them.
  const firstStage = { pointer: 0x1000n, levels: LEVELS } as const;
  const secondStage = { pointer: 0x1000n, levels: LEVELS } as const;
  return { kind, domain: 2 + generation, firstStage, secondStage };
}

/** What a device has when nobody wants its faults: requests without PASID pass. */
export const defaultDomain: VtdDomain = {
  name: "default domain",
  entry: { kind: "pass-through", domain: 1 },
};

export function makeHandle(kernel: Kernel, domain: VtdDomain): VtdHandle {
  return kernel.heap.make<VtdHandle>("attach_handle", { domain });
}
