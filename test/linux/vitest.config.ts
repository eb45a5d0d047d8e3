import { defineConfig } from "vitest/config";

/** `npm run test:linux`: guests in QEMU, which `npm test` leaves out. */
export default defineConfig({
  test: {
    include: ["test/linux/**/*.spec.ts"],
    globalSetup: ["test/fresh-build.setup.ts", "test/linux/guest-files.setup.ts"],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // One guest at a time: each wants a processor, and so does the unit.
    fileParallelism: false,
  },
});
