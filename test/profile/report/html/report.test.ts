import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";

import { reportOutput } from "../../../../host/profile/report/html/index.js";
import { shortText } from "../../../../host/profile/report/html/text.js";
import { verdict } from "../../../../host/profile/report/verdict.js";
import type { SyntheticRun } from "../synthetic-run.js";
import { written } from "../written.js";

const run: SyntheticRun = { requests: 3000, devices: 2, pasids: 3, missEvery: 5, pages: 900 };

async function reportOf(of: SyntheticRun) {
  const { text, result } = await written(reportOutput, of);
  return { text, result, page: new JSDOM(text).window.document };
}

/** Rows of the table with this caption, as texts. */
function rowsOf(page: Document, caption: string): string[][] {
  const table = [...page.querySelectorAll("table")].find(
    (each) => each.querySelector("caption")!.textContent === caption,
  )!;
  const cells = (row: Element): string[] => [...row.children].map(({ textContent }) => textContent);
  return [...table.querySelectorAll("tbody tr")].map(cells);
}

const titles = (page: Document, selector: string): string[] =>
  [...page.querySelectorAll(selector)].map(({ textContent }) => textContent);

describe("the report of a run", () => {
  it("says where cycles went, how long requests took, and what happened in the course of the run", async () => {
    const { page } = await reportOf(run);
    expect(titles(page, "h2")).toEqual([
      ...["Where the cycles went", "Latency", "In the course of the run", "Caches"],
      ...["Page faults", "Devices and PASIDs", "Configuration"],
    ]);
    expect(titles(page, "h3")).toEqual([
      ...["Cycles of all requests, by stage", "Latency, by the way a request took"],
      ...["Share of the requests that were done by then", "Throughput", "Hit rate of each cache"],
      ...["Page walkers at work", "Page requests without an answer", "Requests in flight"],
      ...["Miss ratio of a translation cache of any size", "Parts of a page fault"],
    ]);
  });

  it("needs no network and no scripts: everything is in the one file", async () => {
    const { text, page } = await reportOf(run);
    expect(page.querySelectorAll("script, link, img, iframe, object, embed, use")).toHaveLength(0);
    expect(text).not.toMatch(/\ssrc=|url\(|@import|javascript:|\son\w+=/);
    expect(text).not.toMatch(/https?:/);
    for (const link of page.querySelectorAll("a")) {
      expect(page.querySelector(link.getAttribute("href")!)).not.toBeNull();
    }
  });

  it("names every plot for who does not see it, and has a table beside it", async () => {
    const { page } = await reportOf(run);
    const plots = [...page.querySelectorAll("svg")];
    expect(plots.length).toBeGreaterThanOrEqual(10);
    for (const plot of plots) {
      expect(plot.getAttribute("role")).toBe("img");
      expect(plot.firstElementChild!.tagName).toBe("title");
      const figure = plot.closest("figure")!;
      expect(figure.querySelectorAll("table tbody tr").length).toBeGreaterThan(0);
      expect(figure.querySelector("table thead th[scope=col]")).not.toBeNull();
    }
    for (const screen of ["plot", "narrow"]) {
      const names = titles(page, `svg.${screen} > title`);
      expect(names).toHaveLength(plots.length / 2);
      expect(new Set(names).size).toBe(names.length);
    }
    const ids = [...page.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("has the figures of the result in its tables", async () => {
    const { page, result } = await reportOf(run);
    const { cycles, stages, pageFaults } = result;
    const all = rowsOf(page, "Cycles from arrival to end").at(-1);
    expect(all.map((cell) => cell.replace(",", ""))).toEqual([
      ...["all", "3000", cycles.perRequest.p50, cycles.perRequest.p90].map(String),
      ...[cycles.perRequest.p99, cycles.perRequest.max].map(String),
    ]);
    expect(rowsOf(page, "Cycles a request, most first")).toHaveLength(stages.length);
    expect(rowsOf(page, "Cycles a request, most first")[0]![3]).toBe(
      `${(100 * stages[0]!.share).toFixed(1)} %`,
    );
    const faults = rowsOf(page, `${pageFaults!.count} page faults, in cycles`);
    expect(faults.map(([part]) => part)).toEqual([
      ...["queue", "interrupt", "driver", "response", "retry", "all"],
    ]);
    expect(rowsOf(page, "Most cycles first")).toHaveLength(8);
    expect(rowsOf(page, "Run")).toContainEqual(["missEvery", "5"]);
    expect(rowsOf(page, "Entries of the caches")[0]).toEqual(["iotlb", "64"]);
  });

  it("counts each request once in the histograms of the ways", async () => {
    const { page } = await reportOf(run);
    const counts = rowsOf(page, "Cycles from arrival to end").map(([way, count]) => [
      way,
      Number(count!.replace(",", "")),
    ]);
    expect(counts).toEqual([
      ...[
        ["hit", 2400],
        ["walk", 525],
        ["page fault", 75],
        ["all", 3000],
      ],
    ]);
  });

  it("says below its figures in a sentence where the cycles went", async () => {
    const { page, result } = await reportOf(run);
    const sentence = verdict(result).replaceAll(" %", "\u00a0%");
    expect(titles(page, "header p.verdict")).toEqual([sentence]);
  });

  it("has different texts at different places of an axis, be its numbers large or small", () => {
    const texts = (step: number) => [0, 1, 2, 3].map((tick) => shortText(tick * step));
    expect(texts(0.05)).toEqual(["0", "0.05", "0.1", "0.15"]);
    expect(texts(0.00002)).toEqual(["0", "0.00002", "0.00004", "0.00006"]);
    expect(texts(2_500_000)).toEqual(["0", "2.5M", "5M", "7.5M"]);
  });

  it("leaves out what the run did not have", async () => {
    const { page } = await reportOf({ requests: 200, missEvery: 1000, faultEvery: 1000 });
    expect(titles(page, "h2")).not.toContain("Page faults");
    expect(titles(page, "h3")).not.toContain("Page requests without an answer");
  });

  it("stands a run of one request", async () => {
    const { page } = await reportOf({ requests: 1 });
    expect(page.querySelector("header p")!.textContent).toMatch(/^1 request in /);
    const latencies = rowsOf(page, "Cycles from arrival to end");
    expect(latencies).toHaveLength(2);
    for (const [, cycles] of rowsOf(page, "All requests")) {
      expect(cycles).toBe(latencies[0]!.at(-1));
    }
    expect(page.body.textContent).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("says that it shows a part of very many address spaces", async () => {
    const { page } = await reportOf({ requests: 3000, devices: 1, pasids: 2999 });
    const caption = "The 16 with most cycles; 1,009 more are not shown";
    expect(rowsOf(page, caption)).toHaveLength(16);
    expect(rowsOf(page, caption)[0]![0]).toBe("all others");
  });

  it("is the same, byte for byte, for the same run, and has no date", async () => {
    const { text } = await reportOf(run);
    expect((await reportOf(run)).text).toBe(text);
    expect(text).not.toMatch(/20[2-9]\d-\d\d|GMT|UTC/);
  });
});
