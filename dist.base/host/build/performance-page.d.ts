/** The text of docs/performance-monitoring.md. */
export declare function generatePerformancePage(): string;
