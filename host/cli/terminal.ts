/** Where a command writes: data to standard output, messages to standard error. */
export interface Terminal {
  readonly out: (text: string | Uint8Array) => void;
  /** One line, or several; bytes are written as they are. */
  readonly message: (text: string | Uint8Array) => void;
  /** True if standard output may be coloured. */
  readonly color: boolean;
  /** True if messages reach a person while they are written; default false. */
  readonly isTerminal?: boolean;
}

/** The terminal of a Node process: colours only on a terminal, and as NO_COLOR and FORCE_COLOR say. */
export function processTerminal(node: NodeJS.Process): Terminal {
  return {
    out: (text) => void node.stdout.write(text),
    message: (text) => void node.stderr.write(typeof text === "string" ? `${text}\n` : text),
    color: wantsColor(node),
    isTerminal: node.stderr.isTTY === true,
  };
}

function wantsColor(node: NodeJS.Process): boolean {
  const { NO_COLOR, FORCE_COLOR } = node.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return node.stdout.isTTY;
}

const STYLES = { good: "32", bad: "31", strong: "1", weak: "2" } as const;

/** Text in a style where the terminal shows styles, else the text alone. */
export function styled(terminal: Terminal, style: keyof typeof STYLES, text: string): string {
  return terminal.color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
}
