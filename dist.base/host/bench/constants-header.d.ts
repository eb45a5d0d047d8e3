/** constants.h of the native yardstick: the constants that the core is compiled with. */
export declare function constantsHeader(): string;
