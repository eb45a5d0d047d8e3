import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join } from "node:path";

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { SpeedscopeFile } from "../../../../host/profile/report/speedscope/file-format.js";
import { flameGraphOutput } from "../../../../host/profile/report/speedscope/index.js";
import { schemaFileProblems } from "../../../cli/schema.js";
import { chromiumPath, noChromium, startChromium } from "../html/browser.js";
import { written } from "../written.js";

/** The folder of the program's page, where the package speedscope is installed. */
function speedscopeFolder(): string | undefined {
  try {
    const require = createRequire(import.meta.url);
    return join(dirname(require.resolve("speedscope/package.json")), "dist/release");
  } catch {
    return undefined;
  }
}

const folder = speedscopeFolder();
const TYPES: Readonly<Record<string, string>> = {
  ...{ ".html": "text/html", ".js": "text/javascript", ".css": "text/css" },
};

/** Serves the program, and the profile as /profile.json. */
function served(profile: string): Server {
  return createServer(({ url = "/" }, answer) => {
    const { pathname } = new URL(url, "http://localhost");
    const file = join(folder!, pathname === "/" ? "index.html" : pathname);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    if (pathname === "/profile.json") answer.end(profile);
    else if (existsSync(file))
      answer.writeHead(200, { "content-type": type }).end(readFileSync(file));
    else answer.writeHead(404).end();
  });
}

describe("the flame graph in speedscope", () => {
  let browser: Browser | undefined;
  let server: Server | undefined;
  let page: Page;
  let profile: string;
  const complaints: string[] = [];
  const obstacle = folder === undefined ? "the package speedscope is not installed" : noChromium;

  beforeAll(async () => {
    if (chromiumPath === undefined || folder === undefined) return;
    const run = { requests: 600, devices: 2, pasids: 2, missEvery: 5, interval: 5 };
    profile = (await written(flameGraphOutput, run)).text;
    const listening = served(profile);
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    browser = await startChromium();
    page = await browser.newPage({ viewport: { width: 1240, height: 800 } });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => complaints.push(dialog.message()));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/#profileURL=/profile.json`);
    await page.getByText("Sandwich").waitFor();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it("is loaded without a complaint, under the name of the run", async (context) => {
    context.skip(browser === undefined, obstacle);
    expect(complaints).toEqual([]);
    expect(await page.title()).toContain("synthetic");
  });

  it("keeps the schema of its format", (context) => {
    context.skip(browser === undefined, obstacle);
    const schema = join(folder!, "file-format-schema.json");
    expect(schemaFileProblems(schema, JSON.parse(profile))).toEqual([]);
    const wrong = { ...(JSON.parse(profile) as SpeedscopeFile), profiles: [{ type: "sampled" }] };
    expect(schemaFileProblems(schema, wrong)).not.toEqual([]);
  });

  it("sums cycles up by name as the file has them", async (context) => {
    context.skip(browser === undefined, obstacle);
    await page.getByText("Sandwich").click();
    const rows = page.locator("tr", { hasText: "00:0" });
    await rows.first().waitFor();
    const totals = await rows.evaluateAll((found) =>
      found.map((row) => Number(/^[\d,]+/.exec(row.textContent.trim())![0].replaceAll(",", ""))),
    );
    const { profiles } = JSON.parse(profile) as SpeedscopeFile;
    expect(totals).toHaveLength(2);
    expect(totals[0]! + totals[1]!).toBe(profiles[0]!.endValue);
  });
});
