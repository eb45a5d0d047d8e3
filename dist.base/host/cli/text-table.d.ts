/** Lines whose columns are as wide as their widest cell; the last column is as long as it is. */
export declare function textTable(rows: readonly (readonly string[])[], indent?: string): string;
