/** The text of assembly/generated/registers.ts. */
export declare function generateRegisterConstants(): string;
