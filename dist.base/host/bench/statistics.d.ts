/** The value in the middle, of an even number the higher one. */
export declare function median(values: readonly number[]): number;
/**
 * The value below which that share of the values lies.
 * @param share 0 to 1
 * @throws RangeError without any values
 */
export declare function quantile(values: readonly number[], share: number): number;
