const dark = `
    --page: #14171a; --card: #1c2024; --ink: #e8eaed; --soft: #a9b0b8; --line: #363c43;
    --blue: #5aa9f0; --orange: #f0a33c; --red: #f2706b; --green: #4fc197; --violet: #b79cf5; --grey: #8d96a0;
    color-scheme: dark;`;

const light = `
    --page: #f6f7f8; --card: #ffffff; --ink: #1a1d21; --soft: #565f69; --line: #d9dde2;
    --blue: #1f6fd0; --orange: #d07d00; --red: #c93a37; --green: #148a62; --violet: #7450c8; --grey: #7a838d;
    color-scheme: light;`;

/** Style of the report: light or dark as the reader has it, and light on paper. */
export const pageStyle = `
  :root {${light}
    font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  }
  @media (prefers-color-scheme: dark) { :root {${dark} } }
  * { box-sizing: border-box; }
  body { margin: 0; background: var(--page); color: var(--ink); }
  main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
  h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; font-weight: 650; }
  h2 { font-size: 19px; margin: 40px 0 12px; font-weight: 650; }
  h3 { font-size: 15.5px; margin: 0; font-weight: 650; }
  p { margin: 0; }
  header p, figcaption p, .note { color: var(--soft); max-width: 78ch; }
  .note { margin: 8px 0; font-size: 13.5px; }
  header p.verdict { color: var(--ink); max-width: 100ch; margin: 18px 0 0; }
  nav { margin: 14px 0 0; font-size: 14px; }
  nav a { color: var(--blue); margin-right: 14px; text-decoration: none; }
  nav a:hover, nav a:focus { text-decoration: underline; }
  dl.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px; margin: 22px 0 0; }
  dl.tiles > div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
  dt { color: var(--soft); font-size: 13px; }
  dd { margin: 0; }
  dd.value { font-size: 23px; font-weight: 620; line-height: 1.3; }
  dd.more { color: var(--soft); font-size: 13px; }
  figure { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0 0 16px; padding: 16px 18px; }
  figcaption p { font-size: 13.5px; margin: 2px 0 10px; }
  /* A table that is too wide to stand beside its plot stands below it. */
  .beside { display: flex; flex-wrap: wrap; gap: 12px 22px; align-items: flex-start; }
  .plots { flex: 5 1 400px; min-width: 0; }
  .numbers { flex: 1 1 320px; min-width: min-content; }
  .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 16px; align-items: start; }
  .columns > div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums; }
  caption { text-align: left; color: var(--soft); padding-bottom: 4px; }
  th, td { padding: 3px 0 3px 10px; text-align: right; border-top: 1px solid var(--line); vertical-align: top; }
  td { white-space: nowrap; }
  th:first-child { text-align: left; padding-left: 0; font-weight: 450; }
  .columns th:first-child { overflow-wrap: anywhere; }
  thead th { border-top: 0; color: var(--soft); font-weight: 500; vertical-align: bottom; }
  ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0 0 6px; padding: 0; font-size: 13px; }
  .swatch { display: inline-block; width: 18px; height: 0; border-top: 3px solid var(--swatch); margin-right: 6px; vertical-align: middle; }
  .swatch.dashed { border-top-style: dashed; border-top-width: 2px; }
  svg.plot, svg.narrow { display: block; width: 100%; height: auto; overflow: visible; color: var(--ink); margin-bottom: 8px; }
  svg.narrow { display: none; }
  svg.plot text, svg.narrow text { white-space: pre; }
  footer { color: var(--soft); font-size: 13px; margin-top: 36px; }
  @media screen and (max-width: 820px) { .beside { display: block; } .numbers { min-width: 0; overflow-x: auto; } }
  @media screen and (max-width: 600px) { svg.plot { display: none; } svg.narrow { display: block; } }
  @page { margin: 14mm; }
  @media print {
    :root {${light} --page: #ffffff; font-size: 10.5pt; }
    main { max-width: none; padding: 0; }
    nav { display: none; }
    figure, dl.tiles > div, .columns > div { border-color: #b8bec5; border-radius: 0; }
    figure, dl.tiles > div, tr { break-inside: avoid; }
    h2, h3, figcaption { break-after: avoid; }
    .plots { flex-basis: 340px; }
    .numbers { flex-basis: 220px; }
    * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  }
`;
