/** Who asks, and for what. */
interface Place {
  readonly sourceId: number;
  readonly pasid?: number | undefined;
  readonly address: bigint;
}

interface Group {
  readonly pages: string[];
  /** Key of its answer; 0 as long as its last request is not there. */
  answers: number;
}

const spaceOf = ({ sourceId, pasid }: Pick<Place, "sourceId" | "pasid">) =>
  `${sourceId} ${pasid ?? "none"}`;
const pageOf = (place: Place) => `${spaceOf(place)} ${place.address >> 12n}`;

/**
 * Which requests of a recording come after the answer to a page request: those for a page of a group that the unit
 * has sent the response of by then. A request ahead of the response did not wait for it when it was recorded, either.
 */
export class AwaitedPages {
  /** Groups without response, by requester and group index. */
  readonly #groups = new Map<string, Group>();
  /** Keys of the answers that requests for a page wait for. */
  readonly #pages = new Map<string, number>();
  /** Groups whose answer is not there in the model, by its key. */
  readonly #open = new Map<number, Group>();
  #answers = 0;

  asked(request: Place & { readonly group: number }): void {
    const key = `${spaceOf(request)} ${request.group}`;
    let group = this.#groups.get(key);
    // A group index is used again when its answer is there, or by a device that does not wait for it.
    if (group === undefined || group.answers !== 0) {
      group = { pages: [], answers: 0 };
      this.#groups.set(key, group);
    }
    group.pages.push(pageOf(request));
  }

  /** The request that was asked last is the last of its group: how many it has, and the key of its answer. */
  lastAsked(request: Place & { readonly group: number }): { pages: number; answers: number } {
    const group = this.#groups.get(`${spaceOf(request)} ${request.group}`)!;
    group.answers = ++this.#answers;
    this.#open.set(group.answers, group);
    return { pages: group.pages.length, answers: group.answers };
  }

  /** The unit has sent the response: who asks from now on has waited for it. */
  responded(response: Pick<Place, "sourceId" | "pasid"> & { readonly group: number }): void {
    const key = `${spaceOf(response)} ${response.group}`;
    const group = this.#groups.get(key);
    this.#groups.delete(key);
    if (group === undefined || !this.#open.has(group.answers)) return;
    for (const page of group.pages) this.#pages.set(page, group.answers);
  }

  /** Key of the answer that a request waits for; 0 for none. */
  answersOf(request: Place): number {
    return this.#pages.get(pageOf(request)) ?? 0;
  }

  /** In the model the answer is there: nobody need wait for it. */
  answered(answers: number): void {
    for (const page of this.#open.get(answers)?.pages ?? []) {
      if (this.#pages.get(page) === answers) this.#pages.delete(page);
    }
    this.#open.delete(answers);
  }

  /** The unit was reset. */
  clear(): void {
    this.#groups.clear();
    this.#pages.clear();
    this.#open.clear();
  }
}
