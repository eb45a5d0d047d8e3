/**
 * A dry run: while it is active every word that is fetched goes to the outbox, and guest memory
 * keeps its contents. The host restores the state block afterwards, so that nothing else changes either.
 */
export class Explain {
  static active: bool = false;
}
