import { WORLD_PASID } from "../bench/world.js";
import type { CaseNeeds } from "../case.js";

/** What each kind of request needs of a unit and of its endpoints. */
export const needsOfRequest = {
  dma: { abilities: ["dma"] },
  "dma-with-pasid": { capabilities: ["PASID"], abilities: ["dma", "pasid"] },
  atomic: { abilities: ["dma", "atomic"] },
  privileged: { capabilities: ["PASID", "SRS"], abilities: ["dma", "pasid", "privileged"] },
  "zero-length-read": { abilities: ["dma", "zero-length-read"] },
  translation: { capabilities: ["DT"], abilities: ["ats"] },
  "translation-with-pasid": { capabilities: ["DT", "PASID"], abilities: ["ats", "pasid"] },
  translated: { capabilities: ["DT"], abilities: ["dma", "translated"] },
  "page-request": { capabilities: ["PRS"], abilities: ["pri"] },
  "page-request-with-pasid": { capabilities: ["PRS", "PASID"], abilities: ["pri", "pasid"] },
} as const satisfies Readonly<Record<string, CaseNeeds>>;

/** Members of a request that has the PASID of the world. */
export const WITH_PASID = { pasid: WORLD_PASID } as const;

/** Members of a request with PASID that asks for supervisor privilege. */
export const AS_SUPERVISOR = { pasid: WORLD_PASID, privileged: true } as const;
