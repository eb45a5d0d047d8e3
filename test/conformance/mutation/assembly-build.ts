import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import asc from "assemblyscript/asc";

const FOLDER = "assembly";
/** The build without imports, not optimised: a mutant lives for a second. */
const OPTIONS = "--runtime stub --noAssert --use abort= --use PORT=0 --initialMemory 8 -O0";

/** The sources of the unit, and what they become when some of them are changed. */
export class AssemblyBuild {
  readonly #sources: ReadonlyMap<string, string>;

  constructor() {
    const names = readdirSync(FOLDER, { recursive: true, encoding: "utf8" });
    const sources = names.filter((name) => name.endsWith(".ts"));
    this.#sources = new Map(
      sources.map((name) => [`${FOLDER}/${name}`, readFileSync(`${FOLDER}/${name}`, "utf8")]),
    );
  }

  get files(): readonly string[] {
    return [...this.#sources.keys()].map((path) => path.slice(FOLDER.length + 1));
  }

  source(file: string): string {
    const text = this.#sources.get(`${FOLDER}/${file}`);
    if (text === undefined) throw new RangeError(`${FOLDER}/${file}: expected one of its files`);
    return text;
  }

  /**
   * Compiles core.wasm with other texts for some files, or with files that there were not.
   * @throws Error with what the compiler says
   */
  async compile(changes: ReadonlyMap<string, string>): Promise<Uint8Array<ArrayBuffer>> {
    const texts = new Map(this.#sources);
    for (const [file, text] of changes) texts.set(`${FOLDER}/${file}`, text);
    let said = "";
    const notes = { write: (text: string) => (said += text).length > 0 };
    const made: Uint8Array[] = [];
    const words = [`${FOLDER}/core.ts`, ...OPTIONS.split(" "), "--outFile", "core.wasm"];
    const { error } = await asc.main(words, {
      readFile: (name) => texts.get(name.replaceAll("\\", "/")) ?? null,
      writeFile: (name, contents) => {
        if (basename(name) === "core.wasm") made.push(contents as Uint8Array);
      },
      listFiles: () => [],
      stdout: notes,
      stderr: notes,
    });
    if (error !== null || made.length === 0) throw new Error(`${error?.message ?? ""}\n${said}`);
    return new Uint8Array(made[0]!);
  }
}
