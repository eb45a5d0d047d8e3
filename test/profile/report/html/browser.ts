import { existsSync } from "node:fs";

import { chromium, type Browser } from "playwright-core";

const PLACES = [
  process.env["VIOMMU_CHROMIUM"],
  ...["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
];

/** The path of a Chromium on this machine; undefined if there is none. */
export const chromiumPath = PLACES.find((path) => path !== undefined && existsSync(path));

export const noChromium =
  "there is no Chromium: install one (apt-get install chromium), or set VIOMMU_CHROMIUM to its path";

/** Starts it, without a window. */
export function startChromium(): Promise<Browser> {
  // Its sandbox wants rights that a container does not give; it opens our own file, without scripts.
  return chromium.launch({ executablePath: chromiumPath!, args: ["--no-sandbox"] });
}
