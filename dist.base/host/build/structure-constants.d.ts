import type { Structure } from "../spec/fields.js";
/** The bits of one word that no field and no ignored range covers. */
export declare function reservedMask(structure: Structure, word: number): bigint;
/** The text of assembly/generated/structures.ts. */
export declare function generateStructureConstants(): string;
/** The text of assembly/generated/descriptors.ts. */
export declare function generateDescriptorConstants(): string;
