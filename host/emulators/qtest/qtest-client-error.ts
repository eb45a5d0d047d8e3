/** A qtest server that refuses a command, breaks the protocol, is gone, or does not answer in time. */
export class QtestClientError extends Error {
  override readonly name = "QtestClientError";
}

/** The server answered `FAIL`; it goes on. */
export class QtestRefusal extends QtestClientError {
  /** The command, shortened. */
  readonly command: string;

  constructor(command: string, reason: string) {
    super(`${command}: the server refuses it: ${reason}`);
    this.command = command;
  }
}
