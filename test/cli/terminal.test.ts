import { expect, it } from "vitest";

import { processTerminal } from "../../host/cli/terminal.js";

function color(isTTY: boolean, env: NodeJS.ProcessEnv): boolean {
  const node = { env, stdout: { isTTY }, stderr: { isTTY } } as unknown as NodeJS.Process;
  return processTerminal(node).color;
}

it.each([
  ["a terminal", true, {}, true],
  ["a pipe", false, {}, false],
  ["a terminal with NO_COLOR", true, { NO_COLOR: "1" }, false],
  ["a terminal with an empty NO_COLOR, which does not count", true, { NO_COLOR: "" }, true],
  ["a pipe with FORCE_COLOR", false, { FORCE_COLOR: "1" }, true],
  ["a terminal with FORCE_COLOR=0", true, { FORCE_COLOR: "0" }, false],
  ["a pipe with both", false, { FORCE_COLOR: "1", NO_COLOR: "1" }, false],
])("colours as %s asks", (_what, isTTY, env, expected) => {
  expect(color(isTTY, env)).toBe(expected);
});
