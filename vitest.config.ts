import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Sources under the names of package.json, so that the examples of the docs import them as users do. */
const source = (path: string) => fileURLToPath(new URL(`host/${path}/index.ts`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^viommu$/, replacement: source(".") },
      { find: /^viommu\/(qtest|v86|vfio-user)$/, replacement: source("emulators/$1") },
      {
        find: /^viommu\/(conformance|decode|devices|driver|oracle|pci|profile|spec|tables)$/,
        replacement: source("$1"),
      },
      { find: /^viommu\/recording$/, replacement: source("profile/recording") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/fast-check.setup.ts"],
    globalSetup: ["test/fresh-build.setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: {
      provider: "v8",
      include: ["host/**/*.ts"],
      exclude: ["host/build/**"],
      reporter: ["text-summary", "json-summary"],
    },
  },
});
