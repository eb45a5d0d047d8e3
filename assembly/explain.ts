/**
 * While it is active every word that is fetched and every cached entry that is used goes to the outbox: for `explain`
 * of a request, or for whoever models how long requests take.
 */
export class Explain {
  static active: bool = false;
  /**
   * A dry run: guest memory keeps its contents. The host restores the state block afterwards, so that nothing else
   * changes either.
   */
  static dry: bool = false;
}
