import { QtestClientError, type QtestClient } from "../../../emulators/qtest/index.js";

const PAGE = 4096n;
/** More pages than a case ever uses. */
const MOST_PAGES = 4096;

/**
 * The pages of memory that the suite has written. An endpoint that does not tell how its write ended
 * has been let through if the bytes have appeared in one of them: translation keeps the place in a page.
 */
export class KnownPages {
  readonly #client: QtestClient;
  readonly #pages = new Set<bigint>();

  constructor(client: QtestClient) {
    this.#client = client;
  }

  note(address: bigint, length: number): void {
    const last = (address + BigInt(length) - 1n) / PAGE;
    for (let page = address / PAGE; page <= last; page++) this.#pages.add(page);
    if (this.#pages.size > MOST_PAGES) {
      throw new QtestClientError(`a case writes to more than ${MOST_PAGES} pages`);
    }
  }

  forget(): void {
    this.#pages.clear();
  }

  /** The pages that have these bytes at the place that an address has in its page. */
  async having(address: bigint, bytes: Uint8Array): Promise<Set<bigint>> {
    const at = address % PAGE;
    const pages = [...this.#pages];
    const found = await Promise.all(
      pages.map((page) => this.#client.readBytes(page * PAGE + at, bytes.length)),
    );
    return new Set(pages.filter((_, index) => Buffer.compare(found[index]!, bytes) === 0));
  }
}
