/** A file of this package: the same from its sources and from `dist`. */
export declare function packageFile(path: string): string;
/** Version of this package. */
export declare function packageVersion(): string;
