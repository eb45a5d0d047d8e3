import type { CookieKind, CookieOptions } from "../iommufd/index.js";
import type { Scenario, Variant } from "../explore/index.js";
import type { IopfOptions } from "../iopf/index.js";
import { cookieThreats, strayPartial, type CookieThreat } from "./cookie-threats.js";
import { CookieUser } from "./cookie-user.js";
import { twoGroups } from "./two-groups.js";

interface Rules extends Variant {
  readonly cookies: CookieOptions;
  readonly iopf?: IopfOptions;
  readonly start: CookieThreat["start"];
}

const repeats: CookieThreat["start"] = (kernel, user) => {
  twoGroups(kernel, user, false);
};
const late: CookieThreat["start"] = (kernel, user) => {
  twoGroups(kernel, user, true);
};
const sound = { expected: "sound" } as const;
const unsound = { expected: "unsound" } as const;

/** What the debate compares (I.2). */
const answers = {
  lowest: {
    ...{ ...sound, cookies: { kind: "lowest" }, start: repeats },
    about: "the lowest free number; a device that repeats indexes",
  },
  cyclic: {
    ...{ ...sound, cookies: { kind: "cyclic" }, start: repeats },
    about: "the next number; a device that repeats indexes",
  },
  generation: {
    ...{ ...sound, cookies: { kind: "generation" }, start: repeats },
    about: "slot and generation; a device that repeats indexes",
  },
  grpid: {
    ...{ ...unsound, cookies: { kind: "grpid" }, start: repeats },
    about: "the device's index: two groups have one name",
  },
  tuple: {
    ...{ ...unsound, cookies: { kind: "tuple" }, start: repeats },
    about: "device, PASID and index: likewise",
  },
  "cyclic-late": {
    ...{ ...sound, cookies: { kind: "cyclic" }, start: late },
    about: "the next number; one answer comes twice",
  },
  "generation-late": {
    ...{ ...sound, cookies: { kind: "generation" }, start: late },
    about: "slot and generation; one answer comes twice",
  },
  "lowest-late": {
    ...{ ...unsound, cookies: { kind: "lowest" }, start: late },
    about: "the lowest free number, as in Linux (Q10): the second answer goes to another group",
  },
  "wrap-late": {
    ...{ ...unsound, cookies: { kind: "cyclic", last: 1 }, start: late },
    about: "the next number, of one: numbers come round",
  },
} as const satisfies Readonly<Record<string, Rules>>;

/** The variants that do the same work, and can be measured side by side. */
export const cookieAnswers: readonly string[] = Object.keys(answers);

const kinds: Readonly<Record<CookieKind, string>> = {
  lowest: "the lowest free number",
  cyclic: "the next number",
  generation: "slot and generation",
  grpid: "the device's index",
  tuple: "device, PASID and index",
};

/** Each kind of cookie against each threat: "lowest-flood". */
function againstThreats(): readonly [string, Rules][] {
  return Object.entries(cookieThreats).flatMap(([threat, { about, breaks, start }]) =>
    (Object.keys(kinds) as CookieKind[]).map((kind): [string, Rules] => {
      const expected = breaks.includes(kind) ? unsound : sound;
      const text = `${kinds[kind]}; ${about}`;
      return [`${kind}-${threat}`, { ...expected, cookies: { kind }, start, about: text }];
    }),
  );
}

const rules: Readonly<Record<string, Rules>> = {
  ...answers,
  "generation-wrap-late": {
    ...{ ...unsound, cookies: { kind: "generation", last: 2 ** 16 - 1 }, start: late },
    about: "slot and generation, of one generation: they come round",
  },
  ...Object.fromEntries(againstThreats()),
  "index-alone": {
    ...{ ...unsound, cookies: { kind: "lowest" }, start: strayPartial },
    iopf: { quirks: { matchesByIndexAlone: true } },
    about: "groups are put together by index alone, as in Linux (Q2): a group has two PASIDs",
  },
};

/** A handler in user space answers groups by cookies: no answer may go to another group, and none may be lost. */
export const faultCookies: Scenario = {
  name: "fault-cookies",
  about: "how answers of user space name their groups, with a hostile device or a late answer",
  variants: Object.fromEntries(
    Object.entries(rules).map(([name, { expected, about }]) => [name, { expected, about }]),
  ),
  setup(kernel, variant) {
    const { cookies, iopf, start } = rules[variant]!;
    start(kernel, new CookieUser(kernel, { cookies, ...(iopf && { iopf }) }));
  },
};
