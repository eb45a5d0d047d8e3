import { Translation } from "./device-tlb.js";
import { PageGroup } from "./page-requests.js";
/** Objects that several parts of a snapshot name, by number. */
class Numbered {
    objects = [];
    numberOf(object) {
        const known = this.objects.indexOf(object);
        return known >= 0 ? known : this.objects.push(object) - 1;
    }
}
/** While a snapshot is taken: numbers for what its parts share. */
export class References {
    #translations = new Numbered();
    #groups = new Numbered();
    translation(translation) {
        return this.#translations.numberOf(translation);
    }
    group(group) {
        return this.#groups.numberOf(group);
    }
    /** To be asked when every part has been taken. */
    snapshot() {
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
    #translations;
    #groups;
    constructor({ translations, groups }) {
        this.#translations = translations.map(({ tag, start, completion }) => new Translation(tag, start, completion));
        this.#groups = groups.map((data) => PageGroup.from(data));
    }
    translation(number) {
        return this.#translations[number];
    }
    group(number) {
        return this.#groups[number];
    }
}
