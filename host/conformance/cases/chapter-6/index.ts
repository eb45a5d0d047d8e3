import type { ConformanceCase } from "../../case.js";
import { cachedTranslations } from "./cached-translations.js";
import { contextAndPasidCaches } from "./context-and-pasid-caches.js";
import { descriptorFormats } from "./descriptor-formats.js";
import { deviceTlbErrors } from "./device-tlb-errors.js";
import { deviceTlb } from "./device-tlb.js";
import { draining } from "./draining.js";
import { implicitInvalidation } from "./implicit-invalidation.js";
import { iotlbInvalidation } from "./iotlb-invalidation.js";
import { negativeCaching } from "./negative-caching.js";
import { pagingStructureCaches } from "./paging-structure-caches.js";
import { pasidIotlbInvalidation } from "./pasid-iotlb-invalidation.js";
import { queueOperation } from "./queue-operation.js";
import { registerInvalidation } from "./register-invalidation.js";
import { tablePointers } from "./table-pointers.js";
import { waitDescriptor } from "./wait-descriptor.js";

/** Cases of chapter 6, one file to a topic. */
export const chapter6: readonly ConformanceCase[] = [
  ...[...cachedTranslations, ...pagingStructureCaches, ...negativeCaching],
  ...[...iotlbInvalidation, ...pasidIotlbInvalidation, ...contextAndPasidCaches],
  ...[...registerInvalidation, ...implicitInvalidation, ...tablePointers],
  ...[...queueOperation, ...descriptorFormats, ...waitDescriptor],
  ...[...deviceTlb, ...deviceTlbErrors, ...draining],
];
