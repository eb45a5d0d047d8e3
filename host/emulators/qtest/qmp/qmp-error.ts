/** A QMP command that cannot be carried out, in QMP's two classes. */
export class QmpError extends Error {
  override readonly name = "QmpError";
  readonly class: "CommandNotFound" | "GenericError";

  constructor(errorClass: "CommandNotFound" | "GenericError", message: string) {
    super(message);
    this.class = errorClass;
  }
}
