/** The AssemblyScript constants of the core's memory map: assembly/generated/layout.ts. */
export declare function layoutSource(): string;
