/** Path below the root of the package, and text, of everything that is generated. */
export declare function generatedFiles(): ReadonlyMap<string, string>;
