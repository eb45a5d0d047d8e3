import type { RunReport, StepReport } from "./replay.js";
import { formatTrace } from "./trace.js";

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2330; --paper: #fff; --line: #c9d0dc; --soft: #5b6675; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e8ef; --paper: #14181f; --line: #3a4352; --soft: #98a3b3; --bad: #ff8a80; }
}
body { margin: 2rem auto; max-width: 90rem; padding: 0 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 1.3rem; margin: 2rem 0 .2rem; }
code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.run { display: grid; overflow-x: auto; margin: 1rem 0; }
.run > * { padding: .15rem .5rem; border-left: 1px solid var(--line); min-width: 11rem; }
.run > .n { border: 0; min-width: 2rem; color: var(--soft); text-align: right; }
.run > .task { font-weight: 600; position: sticky; top: 0; background: var(--paper); padding-bottom: .5rem; }
.step { border-left: 4px solid hsl(var(--hue) 60% 50%) !important; background: hsl(var(--hue) 60% 50% / .1); }
.step b { font-weight: 600; }
.step small { display: block; color: var(--soft); }
.bad { color: var(--bad); font-weight: 600; }
p { margin: .3rem 0; }`;

/** A page without links to anywhere: each run as a sequence of steps, one column for each task. */
export function sequenceDiagram(runs: readonly RunReport[]): string {
  const sections = runs.map(section).join("\n");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>viommu explore</title>
<style>${STYLE}
</style>
${sections}
</html>
`;
}

function section({ trace, steps, violation }: RunReport): string {
  const tasks = [...new Set(steps.map(({ task }) => task))];
  const heads = tasks.map((task) => `<div class="task">${escape(task)}</div>`).join("");
  const rows = steps.map((step, index) => row(step, index + 1, tasks)).join("\n");
  const end = violation ? `${violation.invariant}: ${violation.message}` : "no violation";
  const fail =
    trace.fail && `Place ${trace.fail.nth} of ${trace.fail.task} where something can fail does.`;
  return `<section>
<h1>${escape(`${trace.scenario}, ${trace.variant}`)}</h1>
<p${violation ? ' class="bad"' : ""}>${escape(end)}</p>
${fail ? `<p>${escape(fail)}</p>\n` : ""}<p>Replay: <code>${escape(formatTrace(trace))}</code></p>
<div class="run" style="grid-template-columns: auto repeat(${tasks.length}, minmax(11rem, 1fr))">
<div class="n"></div>${heads}
${rows}
</div>
</section>`;
}

function row(step: StepReport, number: number, tasks: readonly string[]): string {
  const cells = tasks.map((task) => (task === step.task ? card(step) : "<div></div>"));
  return `<div class="n">${number}</div>${cells.join("")}`;
}

function card({ verb, object, remark }: StepReport): string {
  const found = remark === "" ? "" : `<small>${escape(remark)}</small>`;
  return `<div class="step" style="--hue: ${hueOf(object)}">${escape(verb)} <b>${escape(object)}</b>${found}</div>`;
}

/** The same colour for the same object, in every diagram. */
function hueOf(name: string): number {
  let hash = 0;
  for (const char of name) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) >>> 0;
  return hash % 360;
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
