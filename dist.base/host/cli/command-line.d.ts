import { Command } from "commander";
import { ExitCode } from "./exit-code.js";
import type { Terminal } from "./terminal.js";
/** What a command's action needs: where to write, and how to say how it went. */
export interface CommandContext {
    readonly terminal: Terminal;
    /** The exit code of the run; the last call counts. Without any it is 0. */
    readonly exitWith: (code: ExitCode) => void;
}
/** Makes one command; each file of this folder that is named after a command exports one. */
export type CommandMaker = (context: CommandContext) => Command;
/**
 * Runs the command line and answers the exit code. Nothing is thrown: wrong usage and defects
 * become a message and their code.
 */
export declare function runCommandLine(makers: readonly CommandMaker[], args: readonly string[], terminal: Terminal): Promise<ExitCode>;
/** One line for the user, and the stack for who wants it. */
export declare function reportInternalError(error: unknown, args: readonly string[], terminal: Terminal): ExitCode;
