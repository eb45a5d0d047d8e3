import { Translation, type TranslationTag } from "./device-tlb.js";
import { PageGroup, type GroupData } from "./page-requests.js";
import type { TranslationCompletion } from "../../spec/requests.js";

/** Objects that several parts of a snapshot name, by number. */
class Numbered<T> {
  readonly objects: T[] = [];

  numberOf(object: T): number {
    const known = this.objects.indexOf(object);
    return known >= 0 ? known : this.objects.push(object) - 1;
  }
}

interface TranslationData {
  readonly tag: TranslationTag;
  readonly start: bigint;
  readonly completion: TranslationCompletion;
}

export interface ReferencesData {
  readonly translations: readonly TranslationData[];
  readonly groups: readonly GroupData[];
}

/** While a snapshot is taken: numbers for what its parts share. */
export class References {
  readonly #translations = new Numbered<Translation>();
  readonly #groups = new Numbered<PageGroup>();

  translation(translation: Translation): number {
    return this.#translations.numberOf(translation);
  }

  group(group: PageGroup): number {
    return this.#groups.numberOf(group);
  }

  /** To be asked when every part has been taken. */
  snapshot(): ReferencesData {
    return {
      translations: this.#translations.objects.map(({ tag, start, completion }) => ({
        tag,
        start,
        completion,
      })),
      groups: this.#groups.objects.map((group) => group.snapshot()),
    };
  }
}

/** While a snapshot is restored: the shared objects, made once. */
export class Referents {
  readonly #translations: readonly Translation[];
  readonly #groups: readonly PageGroup[];

  constructor({ translations, groups }: ReferencesData) {
    this.#translations = translations.map(
      ({ tag, start, completion }) => new Translation(tag, start, completion),
    );
    this.#groups = groups.map((data) => PageGroup.from(data));
  }

  translation(number: number): Translation {
    return this.#translations[number]!;
  }

  group(number: number): PageGroup {
    return this.#groups[number]!;
  }
}
