/** The part of speedscope's file format that we write: one profile of weighted stacks, the outermost frame first. */
export interface SpeedscopeFile {
  readonly $schema: "https://www.speedscope.app/file-format-schema.json";
  readonly name: string;
  readonly exporter: string;
  readonly activeProfileIndex: number;
  readonly shared: { readonly frames: readonly { readonly name: string }[] };
  readonly profiles: readonly SampledProfile[];
}

export interface SampledProfile {
  readonly type: "sampled";
  readonly name: string;
  /** Cycles are no unit that the format knows. */
  readonly unit: "none";
  readonly startValue: number;
  readonly endValue: number;
  /** Places in `shared.frames`. */
  readonly samples: readonly (readonly number[])[];
  readonly weights: readonly number[];
}
