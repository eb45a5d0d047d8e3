import { Command, CommanderError } from "commander";

import { ExitCode, UsageError } from "./exit-code.js";
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
export async function runCommandLine(
  makers: readonly CommandMaker[],
  args: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  let code: ExitCode = ExitCode.pass;
  const context: CommandContext = {
    terminal,
    exitWith: (wanted) => {
      code = wanted;
    },
  };
  const program = createProgram(makers, context);
  try {
    if (args.length === 0) program.help({ error: true });
    const isVersion = args[0] === "--version" || args[0] === "-V";
    await program.parseAsync(isVersion ? ["version", ...args.slice(1)] : [...args], {
      from: "user",
    });
    return code;
  } catch (error) {
    return report(error, args, terminal);
  }
}

function createProgram(makers: readonly CommandMaker[], context: CommandContext): Command {
  const program = new Command("viommu")
    .description("A virtual Intel VT-d IOMMU: boot test firmware against it, and look inside it.")
    .option("-V, --version", "the same as the command version")
    .addHelpText("after", EXIT_CODES)
    // Options behind the name of a command are the command's.
    .enablePositionalOptions();
  for (const make of makers) program.addCommand(make(context));
  const parts = program.commands.flatMap(({ commands }) => commands);
  for (const command of [program, ...program.commands, ...parts]) {
    command
      .option("--verbose", "show the stack of an internal error")
      .exitOverride()
      .showHelpAfterError(`(${fullName(command)} --help)`)
      .configureOutput({
        writeOut: (text) => {
          context.terminal.out(text);
        },
        writeErr: (text) => {
          context.terminal.message(text.trimEnd());
        },
      });
  }
  return program;
}

/** As the user types it. */
function fullName(command: Command): string {
  const { parent } = command;
  return parent === null ? command.name() : `${fullName(parent)} ${command.name()}`;
}

const EXIT_CODES = `
Exit codes:
  0 pass   1 a check failed   2 wrong usage or file   3 the guest hung or crashed
  4 internal error   77 everything skipped   124 time limit`;

function report(error: unknown, args: readonly string[], terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? ExitCode.pass : ExitCode.usage;
  }
  if (error instanceof UsageError) {
    terminal.message(`viommu: ${error.message}`);
    return ExitCode.usage;
  }
  return reportInternalError(error, args, terminal);
}

/** One line for the user, and the stack for who wants it. */
export function reportInternalError(
  error: unknown,
  args: readonly string[],
  terminal: Terminal,
): ExitCode {
  const wantsStack = args.includes("--verbose") || (process.env["DEBUG"] ?? "") !== "";
  const known = error instanceof Error;
  terminal.message(
    `viommu: internal error: ${known ? error.message : String(error)} ` +
      `(a defect of viommu: please report this line, the command and the output of "viommu version"` +
      `${wantsStack ? ")" : "; --verbose shows the stack)"}`,
  );
  if (wantsStack && known && error.stack !== undefined) terminal.message(error.stack);
  return ExitCode.internal;
}
