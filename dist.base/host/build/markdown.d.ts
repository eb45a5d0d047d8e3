/** A table of Markdown, its columns padded to one width. */
export declare function table(head: readonly string[], rows: readonly (readonly string[])[]): string[];
/** The head of a generated page. */
export declare function page(title: string): string[];
