const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const rough = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const short = new Intl.NumberFormat("en-US", { notation: "compact", maximumSignificantDigits: 3 });

/** A count or a number of cycles: whole, with thousands apart. */
export const countText = (value: number): string => whole.format(value);

/** A mean: three digits that count. */
export const meanText = (value: number): string =>
  value >= 1000 ? whole.format(value) : rough.format(value);

/** A number on an axis: 2.5M. */
export const shortText = (value: number): string => short.format(value);

/** A number on an axis of powers of two: 4Ki. */
export const powerText = (value: number): string => {
  if (value >= 2 ** 20) return `${rough.format(value / 2 ** 20)}Mi`;
  return value >= 2 ** 10 ? `${rough.format(value / 2 ** 10)}Ki` : rough.format(value);
};

/** A share of 1 as a percentage. */
export const shareText = (value: number): string => {
  const percent = 100 * value;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  if (percent < 100 && percent > 99.9) return "> 99.9 %";
  return `${percent.toFixed(1)} %`;
};

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as HTML, in an element or an attribute. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
