/** The text of assembly/generated/performance-events.ts: an event is its group times 32 and its bit. */
export declare function generatePerformanceConstants(): string;
