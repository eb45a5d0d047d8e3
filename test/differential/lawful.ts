import type { World } from "./world.js";

/** Fields of CAP_REG and ECAP_REG by name. */
type Values = Readonly<Record<string, number>>;

const WIDTH_BITS = [
  { levels: 3, bit: 2 },
  { levels: 4, bit: 4 },
  { levels: 5, bit: 8 },
] as const;

/** The world without what a unit with these capabilities takes for reserved or not supported. */
export function lawful(world: World, values: Values): World {
  const on = (name: string) => values[name] !== 0 && values[name] !== undefined;
  const largest = (stage: "first" | "second") => {
    if (stage === "first") return on("FS1GP") ? 3 : 2;
    return (values["SSLPS"]! & 2) !== 0 ? 3 : values["SSLPS"]! & 1 ? 2 : 1;
  };
  const pages = (stage: "first" | "second", drawn: World["firstPages"]) =>
    drawn.map((page) => ({
      ...page,
      level: Math.min(page.level, largest(stage)) as typeof page.level,
      snoop: page.snoop && on("SC"),
    }));
  const widths = WIDTH_BITS.filter(({ bit }) => (values["SAGAW"]! & bit) !== 0);
  const width = widths.find(({ levels }) => levels === world.levels.second) ?? widths[0];
  const stages = kindsOf(on);
  return {
    ...world,
    mode: world.mode === "scalable" && !on("SMTS") ? "legacy" : world.mode,
    ssirwe: world.ssirwe && on("SSIRWS") && world.mode === "scalable",
    levels: {
      first: on("FS5LP") ? world.levels.first : 4,
      second: width?.levels ?? world.levels.second,
    },
    firstPages: pages("first", world.firstPages),
    secondPages: pages("second", world.secondPages),
    contexts: world.contexts.map((context) => {
      const dte = context.dte && on("DT");
      return {
        ...context,
        dte,
        paside: context.paside && on("PASID"),
        pre: context.pre && on("PRS") && dte,
        eptr: context.eptr && on("PTRS") && context.paside,
        ridPasid: on("RPS") ? context.ridPasid : 0,
        ridPriv: context.ridPriv && on("RPRIVS"),
        translationType: on("PT") ? context.translationType : "second-stage",
        deviceTlb: context.deviceTlb && on("DT"),
      };
    }) as World["contexts"],
    pasids: world.pasids.map((entry) => ({
      ...entry,
      kind: stages.includes(entry.kind) ? entry.kind : (stages[0] ?? entry.kind),
      sre: entry.sre && on("SRS"),
      wpe: entry.wpe && on("FSTS"),
      eafe: entry.eafe && on("EAFS"),
      ssade: entry.ssade && on("SSADS") && on("SSTS"),
      pwsnp: entry.pwsnp && on("SMPWCS"),
      pgsnp: entry.pgsnp && on("SC"),
    })),
  };
}

function kindsOf(on: (name: string) => boolean): World["pasids"][number]["kind"][] {
  return [
    ...(on("FSTS") ? ["first-stage" as const] : []),
    ...(on("SSTS") ? ["second-stage" as const] : []),
    ...(on("NEST") ? ["nested" as const] : []),
    ...(on("PT") ? ["pass-through" as const] : []),
  ];
}
