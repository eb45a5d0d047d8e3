/** The text of docs/registers.md. */
export declare function generateRegisterPage(): string;
