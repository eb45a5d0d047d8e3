import type { Of } from "./invalidation-draw.js";
import type { Invalidation, Tags } from "./may-cache.js";

/** An invalidation of what was met at an address, or of something beside it; undefined if the unit has no such. */
export function invalidationOf(
  step: Of<"invalidate">,
  { tags, address: met }: { readonly tags: Tags; readonly address: bigint },
  {
    values,
    legacy,
  }: { readonly values: Readonly<Record<string, number>>; readonly legacy: boolean },
): Invalidation | undefined {
  const { what: type, beside, leafOnly } = step;
  const needsPasid = type.startsWith("pasid");
  if (needsPasid && (legacy || values["SMTS"] === 0)) return undefined;
  const domain = tags.domain + (beside === "domain" ? 1 : 0);
  const pasid = tags.pasid ^ (beside === "pasid" ? 1 : 0);
  const sourceId = tags.sourceId ^ (beside === "sourceId" ? 4 : 0);
  const far = beside === "address" ? 1n << 12n : 0n;
  const address = met ^ far;
  const pages = { address, leafOnly };
  switch (type) {
    case "context-global":
    case "pasid-global":
    case "iotlb-global":
      return { type };
    case "context-domain":
    case "pasid-domain":
    case "iotlb-domain":
      return { type, domain };
    case "context-device":
      return { type, domain, sourceId, functionMask: step.functionMask };
    case "pasid-in-domain":
    case "pasid-iotlb":
      return { type, domain, pasid };
    case "iotlb-pages": {
      if (values["PSI"] === 0) return undefined;
      const addressMask = Math.min(step.addressMask, values["MAMV"]!);
      return { type, domain, addressMask, ...pages };
    }
    case "pasid-iotlb-pages":
      return { type, domain, pasid, addressMask: step.addressMask, ...pages };
  }
}

/** A descriptor of §6.5.2, its first two words. */
export function descriptorOf(invalidation: Invalidation): readonly bigint[] {
  const word = (type: number, granularity: number, domain = 0, upper = 0): bigint =>
    BigInt(type) | (BigInt(granularity) << 4n) | (BigInt(domain) << 16n) | (BigInt(upper) << 32n);
  const range = (pages: { address: bigint; addressMask: number; leafOnly: boolean }): bigint =>
    (pages.address & ~0xfffn) | BigInt(pages.addressMask) | (pages.leafOnly ? 1n << 6n : 0n);
  switch (invalidation.type) {
    case "context-global":
      return [word(1, 1)];
    case "context-domain":
      return [word(1, 2, invalidation.domain)];
    case "context-device": {
      const { domain, sourceId, functionMask } = invalidation;
      return [word(1, 3, domain, sourceId) | (BigInt(functionMask) << 48n)];
    }
    case "pasid-global":
      return [word(7, 3)];
    case "pasid-domain":
      return [word(7, 0, invalidation.domain)];
    case "pasid-in-domain":
      return [word(7, 1, invalidation.domain, invalidation.pasid)];
    case "iotlb-global":
      return [word(2, 1)];
    case "iotlb-domain":
      return [word(2, 2, invalidation.domain)];
    case "iotlb-pages":
      return [word(2, 3, invalidation.domain), range(invalidation)];
    case "pasid-iotlb":
      return [word(6, 2, invalidation.domain, invalidation.pasid)];
    case "pasid-iotlb-pages":
      return [word(6, 3, invalidation.domain, invalidation.pasid), range(invalidation)];
    case "everything":
      throw new RangeError("no descriptor invalidates everything");
  }
}
