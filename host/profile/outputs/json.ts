import type { ProfileOutput } from "./output.js";

/** Version of the record; a change that breaks readers raises it. */
export const PROFILE_SCHEMA_VERSION = 1;

/** The result as `profile --json` prints it. */
export const jsonOutput: ProfileOutput = {
  file: "profile.json",
  about: "the result with the effective configuration (docs/profile.schema.json)",
  open: (write) => ({
    request: () => undefined,
    end: (result) => {
      const record = { schemaVersion: PROFILE_SCHEMA_VERSION, ...result };
      write(`${JSON.stringify(record, undefined, 2)}\n`);
    },
  }),
};
