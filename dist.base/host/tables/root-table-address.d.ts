/** Translation table modes that tables are built for, by their names in the register's description. */
export type TableMode = "LEGACY" | "SCALABLE";
/** The value for the Root Table Address Register that announces a root table (§11.4.5). */
export declare function rootTableAddress(mode: TableMode, rootTable: bigint, ssirwe?: boolean): bigint;
