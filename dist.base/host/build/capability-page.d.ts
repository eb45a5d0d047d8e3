/** The text of docs/capabilities.md. */
export declare function generateCapabilityPage(): string;
