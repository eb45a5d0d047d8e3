import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { reportOutput } from "../../../../host/profile/report/html/index.js";
import { written } from "../written.js";
import { chromiumPath, noChromium, startChromium } from "./browser.js";

interface Opened {
  readonly page: Page;
  /** What the browser complained about. */
  readonly complaints: string[];
  /** Addresses that it asked for. */
  readonly asked: string[];
}

describe("the report in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "viommu-report-"));
  const file = join(folder, "report.html");
  let browser: Browser | undefined;

  beforeAll(async () => {
    if (chromiumPath === undefined) return;
    const run = { requests: 3000, devices: 2, pasids: 3, missEvery: 5, pages: 900 };
    writeFileSync(file, (await written(reportOutput, run)).bytes);
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  async function opened(options: BrowserContextOptions): Promise<Opened> {
    const context = await browser!.newContext({
      viewport: { width: 1240, height: 900 },
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    const asked: string[] = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints, asked };
  }

  /** Red, green and blue of the page's background, 0 to 255, and of its text. */
  const colors = (page: Page): Promise<number[][]> =>
    page.evaluate(() => {
      const style = getComputedStyle(document.body);
      return [style.backgroundColor, style.color].map((color) =>
        color.match(/\d+/g)!.slice(0, 3).map(Number),
      );
    });

  /** Contrast of text and background as WCAG 2 defines it. */
  const contrast = ([back, text]: number[][]): number => {
    const luminance = (color: number[]): number => {
      const [red, green, blue] = color.map((channel) => {
        const part = channel / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
    };
    const [low, high] = [luminance(back!), luminance(text!)].sort((a, b) => a - b);
    return (high! + 0.05) / (low! + 0.05);
  };

  it("opens without a complaint, and asks nobody for anything", async (context) => {
    context.skip(browser === undefined, noChromium);
    const { page, complaints, asked } = await opened({});
    expect(await page.title()).toBe("viommu profile: synthetic");
    expect(complaints).toEqual([]);
    expect(asked).toEqual([pathToFileURL(file).href]);
  });

  it("shows all of its plots with scripts forbidden", async (context) => {
    context.skip(browser === undefined, noChromium);
    const { page } = await opened({ javaScriptEnabled: false });
    const plots = page.locator("svg.plot");
    expect(await plots.count()).toBeGreaterThanOrEqual(10);
    for (const plot of await plots.all()) {
      const box = (await plot.boundingBox())!;
      expect(box.width).toBeGreaterThan(400);
      expect(box.height).toBeGreaterThan(60);
    }
  });

  it.for(["light", "dark"] as const)(
    "is %s where the reader's system is",
    async (scheme, context) => {
      context.skip(browser === undefined, noChromium);
      const { page } = await opened({ colorScheme: scheme });
      const [back, text] = await colors(page);
      const brightness = ([red, green, blue]: number[]): number => red! + green! + blue!;
      expect(brightness(back!) > brightness(text!)).toBe(scheme === "light");
      expect(contrast([back!, text!])).toBeGreaterThan(7);
      const drawn = await page.screenshot();
      expect(drawn.length).toBeGreaterThan(20_000);
    },
  );

  it("prints light on paper, on a few pages, whatever the scheme is", async (context) => {
    context.skip(browser === undefined, noChromium);
    const { page } = await opened({ colorScheme: "dark" });
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const [back, text] = await colors(page);
    expect(back).toEqual([255, 255, 255]);
    expect(contrast([back!, text!])).toBeGreaterThan(7);
    const pdf = (await page.pdf({ format: "A4" })).toString("latin1");
    const pages = pdf.match(/\/Type\s*\/Page\b/g)!.length;
    expect(pages).toBeGreaterThanOrEqual(3);
    expect(pages).toBeLessThanOrEqual(12);
  });

  it("prints numbers in one piece, and no table wider than its card", async (context) => {
    context.skip(browser === undefined, noChromium);
    // An A4 page without its margins.
    const { page } = await opened({ viewport: { width: 688, height: 970 } });
    await page.emulateMedia({ media: "print" });
    const broken = await page.evaluate(() => {
      const cells = [...document.querySelectorAll(".numbers tbody th, .numbers td")];
      const tables = [...document.querySelectorAll(".numbers table")];
      const right = (element: Element): number => element.getBoundingClientRect().right;
      return {
        cells: cells.filter((cell) => {
          const range = document.createRange();
          range.selectNodeContents(cell);
          return /^[\d,.]+$/.test(cell.textContent) && range.getClientRects().length > 1;
        }).length,
        tables: tables.filter((table) => right(table) > right(table.closest("figure")!)).length,
      };
    });
    expect(broken).toEqual({ cells: 0, tables: 0 });
  });

  it("shows whole plots with readable letters on a phone", async (context) => {
    context.skip(browser === undefined, noChromium);
    const { page } = await opened({ viewport: { width: 390, height: 800 } });
    const shown = await page.evaluate(() => {
      const plots = [...document.querySelectorAll("figure svg")].filter(
        (plot) => plot.getBoundingClientRect().width > 0,
      );
      const parts = plots.flatMap((plot) => [plot, ...plot.querySelectorAll("text")]);
      const outside = parts.filter((part) => {
        const { left, right } = part.getBoundingClientRect();
        return left < 0 || right > window.innerWidth;
      });
      const letters = plots.map((plot) => {
        const scale = (plot as SVGSVGElement).getScreenCTM()!.a;
        return scale * parseFloat(getComputedStyle(plot).fontSize);
      });
      return {
        plots: plots.length,
        outside: outside.map((part) => part.textContent),
        smallest: Math.min(...letters),
      };
    });
    expect(shown.plots).toBeGreaterThanOrEqual(10);
    expect(shown.outside).toEqual([]);
    expect(shown.smallest).toBeGreaterThan(10);
  });

  it.for([400, 820, 1240])(
    "fits a window of %i pixels without scrolling aside",
    async (width, context) => {
      context.skip(browser === undefined, noChromium);
      const { page } = await opened({ viewport: { width, height: 800 } });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(width);
    },
  );
});
