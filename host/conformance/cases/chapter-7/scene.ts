import type { FaultResponse } from "../../../spec/fault-condition.js";
import type { EntryFields } from "../../../tables/entry.js";
import type { Bench } from "../../bench/bench.js";
import type { AtsRequest, DmaRequest, PriRequest } from "../../bench/endpoints.js";
import { conditionNamed } from "../../bench/fault-expectations.js";
import { needsOfWorld, type World, type WorldKind, type WorldOptions } from "../../bench/world.js";
import type { CaseNeeds, SectionCase } from "../../case.js";
import type { UnitWishes } from "../../configuration.js";
import { joined } from "../../needs.js";
import { needsOfRequest, WITH_PASID } from "../requests.js";

/** Input address of scenes; mapped, readable and writable, unless a scene spoils it. */
export const IOVA = 0x1234_5000n;

/** What a request of a scene has besides its kind. */
export interface SceneRequest {
  readonly address?: bigint;
  readonly access?: "read" | "write" | "atomic";
  readonly pasid?: number;
  readonly privileged?: boolean;
  readonly execute?: boolean;
}

/** A state of tables and registers in which requests meet one condition of Table 30. */
export interface Scene {
  readonly id: string;
  readonly condition: string;
  /** The state, as the end of "... when". */
  readonly when: string;
  readonly kind: WorldKind;
  readonly options?: WorldOptions;
  readonly needs?: CaseNeeds;
  readonly with?: UnitWishes;
  /** Makes of good tables what must fault; nothing is enabled yet. */
  readonly spoil?: (world: World, bench: Bench) => void | Promise<void>;
  /** Enables the unit, where the usual way does not do. */
  readonly start?: (world: World, bench: Bench) => Promise<void>;
  readonly request?: (bench: Bench, world: World) => SceneRequest;
  /** Requests without PASID do not meet it here. */
  readonly pasidOnly?: true;
  /** Requests with PASID do not meet it here. */
  readonly ridOnly?: true;
  /** Default true; false if no entry with FPD is met before. */
  readonly fpd?: false;
}

type Column = "untranslated" | "translation" | "translated";

/** Where the responses of a column stand: without PASID, and behind it with. */
const places = { untranslated: 0, translation: 2, translated: 4 } as const;

/** One case for each kind of request that Table 30 has an answer for. */
export function casesOfScene(scene: Scene): SectionCase[] {
  const { id, condition, when } = scene;
  const { responses, pageRequest } = conditionNamed(condition);
  const made: SectionCase[] = [];
  const add = (suffix: string, title: string, needs: CaseNeeds, steps: SectionCase["steps"]) => {
    const all = joined(needsOfWorld[scene.kind], scene.needs ?? {}, needs);
    const wishes = scene.with === undefined ? {} : { with: scene.with };
    made.push({ id: `${id}${suffix}`, title, needs: all, ...wishes, steps });
  };
  const [rid, pasid] = [meets(scene, "untranslated", 0), meets(scene, "untranslated", 1)];
  if (rid) {
    const title = `A request without PASID is blocked and recorded as ${condition} when ${when}`;
    add("", title, needsOfRequest.dma, async (bench) => {
      await bench.expectFault.dma(condition, await staged(scene, bench));
    });
  }
  if (pasid) {
    const title = `A request with PASID is blocked and recorded as ${condition} when ${when}`;
    add("-with-pasid", title, needsOfRequest["dma-with-pasid"], async (bench) => {
      await bench.expectFault.dma(condition, { ...WITH_PASID, ...(await staged(scene, bench)) });
    });
  }
  const translations = [0, 1].map((at) => meets(scene, "translation", at));
  if (translations.includes(true)) {
    const answers = [...new Set([responses[2], responses[3]])].filter((each) => each !== "-");
    const title = `A translation request is answered ${words(answers)} when ${when}`;
    add("-translation", title, needsOfTranslation(translations), async (bench) => {
      const request = await staged(scene, bench);
      if (translations[0]) await bench.expectFault.translation(condition, request);
      if (!translations[1] || !bench.has("PASID")) return;
      await bench.expectFault.translation(condition, { ...WITH_PASID, ...request });
    });
  }
  if (meets(scene, "translated", 0)) {
    const title = `A translated request is blocked and recorded as ${condition} when ${when}`;
    add("-translated", title, needsOfRequest.translated, async (bench) => {
      const request = { ...(await staged(scene, bench)), translated: true };
      await bench.expectFault.dma(condition, request);
    });
  }
  if (meets(scene, "translated", 1)) {
    const title = `A translated request with PASID is recorded as ${condition} when ${when}`;
    const needs = joined(needsOfRequest.translated, { capabilities: ["PTRS"] });
    add("-translated-with-pasid", title, needs, async (bench) => {
      const request = { ...WITH_PASID, ...(await staged(scene, bench, { EPTR: 1 })) };
      await bench.expectFault.dma(condition, { ...request, translated: true });
    });
  }
  if (pageRequest) {
    const title = `A page request is refused and recorded as ${condition} when ${when}`;
    const kind = scene.pasidOnly ? "page-request-with-pasid" : "page-request";
    add("-page-request", title, needsOfRequest[kind], (bench) => refusedPageRequest(scene, bench));
  }
  if (scene.fpd !== false) made.push(fpdCase(scene));
  return made;
}

/** A page request meets the condition: last in its group, and not (Table 31). */
async function refusedPageRequest(scene: Scene, bench: Bench): Promise<void> {
  const { condition } = scene;
  await bench.pageRequests.start();
  const { address, pasid } = await staged(scene, bench);
  const usual = scene.pasidOnly ? WITH_PASID.pasid : undefined;
  const request: PriRequest = { address, pasid: pasid ?? usual, group: 3 };
  await bench.expectFault.pageRequest(condition, { ...request, last: false });
  bench.expect.equal("responses to the first", await bench.events.responses(), []);
  await bench.expectFault.pageRequest(condition, { ...request, last: true });
  const [response, ...others] = await bench.events.responses();
  const invalidRequest = { sourceId: bench.endpoint(), group: 3, code: 1 };
  bench.expect.fields("the response to the last", { ...response }, invalidRequest);
  bench.expect.equal("more responses", others, []);
  bench.expect.equal("the queue", await bench.pageRequests.take(), []);
}

/** FPD of the context entry suppresses what Table 30 calls qualified, and nothing else. */
function fpdCase(scene: Scene): SectionCase {
  const { id, condition, when } = scene;
  const { qualified } = conditionNamed(condition);
  const [column, at] = firstColumn(scene);
  const verb = qualified ? "keeps" : "does not keep";
  const kind = at === 1 && column === "untranslated" ? "dma-with-pasid" : requestNeeds[column];
  return {
    id: `${id}-fpd`,
    title: `FPD of the context entry ${verb} ${condition} out of the fault records when ${when}`,
    needs: joined(needsOfWorld[scene.kind], scene.needs ?? {}, needsOfRequest[kind]),
    ...(scene.with !== undefined && { with: scene.with }),
    async steps(bench) {
      const request = await staged(scene, bench, { FPD: 1 });
      const whole = at === 1 ? { ...WITH_PASID, ...request } : request;
      const options = { recorded: !qualified };
      if (column === "page-request") {
        await bench.expectFault.pageRequest(condition, whole, options);
      } else if (column === "translation") {
        await bench.expectFault.translation(condition, whole, options);
      } else {
        const translated = column === "translated";
        await bench.expectFault.dma(condition, { ...whole, translated }, options);
      }
    },
  };
}

const requestNeeds = {
  untranslated: "dma",
  translation: "translation",
  translated: "translated",
  "page-request": "page-request",
} as const;

/** Sets the scene, on good tables with these fields of the context entry, and answers its request. */
async function staged(
  scene: Scene,
  bench: Bench,
  context: EntryFields = {},
): Promise<DmaRequest & AtsRequest & PriRequest> {
  const world = bench.world(scene.kind, scene.options).map(IOVA, bench.page());
  if (world.isScalable || "FPD" in context) world.contextEntry.set(context);
  await scene.spoil?.(world, bench);
  if (scene.start === undefined) await bench.start(world);
  else await scene.start(world, bench);
  return { address: IOVA + 0x18n, ...scene.request?.(bench, world) };
}

function meets(scene: Scene, column: Column, at: number): boolean {
  const response: FaultResponse = conditionNamed(scene.condition).responses[places[column] + at]!;
  if (response === "-") return false;
  // Of the PASID structures a translated request meets the host permission table alone (§4.2.5).
  if (column === "translated" && /^SP[DT]/.test(scene.condition)) return false;
  return at === 0 ? scene.pasidOnly !== true : scene.ridOnly !== true;
}

/** The first kind of request that meets the condition; 1 for one with PASID. */
function firstColumn(scene: Scene): [Column | "page-request", 0 | 1] {
  for (const column of ["untranslated", "translation", "translated"] as const) {
    for (const at of [0, 1] as const) if (meets(scene, column, at)) return [column, at];
  }
  return ["page-request", 0];
}

function needsOfTranslation([rid]: readonly boolean[]): CaseNeeds {
  return rid === true ? needsOfRequest.translation : needsOfRequest["translation-with-pasid"];
}

const responseWords: Readonly<Record<FaultResponse, string>> = {
  "-": "not at all",
  UR: "Unsupported Request",
  CA: "Completer Abort",
  S0: "Success without permission",
  SE: "Success with what permission there is",
};

function words(responses: readonly FaultResponse[]): string {
  return responses.map((each) => responseWords[each]).join(" or ");
}
