/** A page request as the core sees it (iommu_fault of type PAGE_REQ). */
export interface Fault {
  /** Undefined: a request without PASID. */
  readonly pasid?: number | undefined;
  /** Page request group index. */
  readonly grpid: number;
  readonly last: boolean;
  readonly address: bigint;
  readonly read: boolean;
  readonly write: boolean;
  readonly execute?: boolean;
  readonly privileged?: boolean;
}

/** The PASID of requests without one. */
export const NO_PASID = 0;

/** Answers to a group (enum iommu_page_response_code). */
export type ResponseCode = "SUCCESS" | "INVALID" | "FAILURE";

/** The generic numbers of the codes; PCI Express and VT-d have 0, 1 and 15. */
export const responseNumber = { SUCCESS: 0, INVALID: 1, FAILURE: 2 } as const;

/** What calls of the core answer: 0, or an error by its name. */
export type Result = 0 | "ENODEV" | "EBUSY" | "ENOMEM" | "EINVAL";

export function describeFault({ pasid, grpid, last, address }: Fault): string {
  const who = pasid === undefined ? "no PASID" : `PASID ${pasid}`;
  return `group ${grpid} of ${who}, 0x${address.toString(16)}${last ? ", last" : ""}`;
}
