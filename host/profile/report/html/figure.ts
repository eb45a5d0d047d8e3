import { escaped } from "./text.js";

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of a row names it; the others are numbers. */
  readonly rows: readonly (readonly string[])[];
}

/** One entry of a legend: a name and the custom property of its colour. */
export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly dashed?: boolean;
}

export interface Figure {
  readonly title: string;
  /** How to read it. */
  readonly about: string;
  /** SVG. */
  readonly plots: readonly string[];
  readonly legend?: readonly LegendEntry[];
  readonly table: Table;
}

export function tableHtml({ caption, head, rows }: Table): string {
  const cells = (row: readonly string[], first: string, other: string): string =>
    row
      .map((cell, place) => {
        const element = place === 0 ? first : other;
        return `<${element}>${escaped(cell)}</${element.split(" ")[0]}>`;
      })
      .join("");
  const body = rows.map((row) => `<tr>${cells(row, 'th scope="row"', "td")}</tr>`).join("\n");
  return `<table>
<caption>${escaped(caption)}</caption>
<thead><tr>${cells(head, 'th scope="col"', 'th scope="col"')}</tr></thead>
<tbody>
${body}
</tbody>
</table>`;
}

export function figureHtml({ title, about, plots, legend = [], table }: Figure): string {
  const entries = legend.map(
    ({ name, color, dashed = false }) =>
      `<li><span class="swatch${dashed ? " dashed" : ""}" style="--swatch: var(${color})"></span>${escaped(name)}</li>`,
  );
  return `<figure>
<figcaption><h3>${escaped(title)}</h3><p>${escaped(about)}</p></figcaption>
<div class="beside">
<div class="plots">${entries.length === 0 ? "" : `<ul class="legend">${entries.join("")}</ul>`}
${plots.join("\n")}
</div>
<div class="numbers">${tableHtml(table)}</div>
</div>
</figure>`;
}
