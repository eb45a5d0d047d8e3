/**
 * The picture of the docs: `npx tsc -p tsconfig.tools.json`, then
 * `node dist/test/profile/report/html/picture.js DIR/report.html docs/images/profile-report.png`, with a Chromium.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { chromiumPath, noChromium, startChromium } from "./browser.js";

const [report, picture] = process.argv.slice(2);
if (report === undefined || picture === undefined) {
  throw new Error("expected two files: a report.html, and the PNG to write");
}
if (chromiumPath === undefined) throw new Error(noChromium);

const browser = await startChromium();
const page = await browser.newPage({
  viewport: { width: 1200, height: 1180 },
  deviceScaleFactor: 0.75,
  colorScheme: "light",
});
await page.goto(pathToFileURL(resolve(report)).href);
await page.screenshot({ path: picture });
await browser.close();
