#!/usr/bin/env node
import { benchCommand } from "./bench.js";
import { bootCommand } from "./boot.js";
import { runCommandLine, reportInternalError } from "./command-line.js";
import { conformanceCommand } from "./conformance.js";
import { decodeCommand } from "./decode.js";
import { explainCommand } from "./explain.js";
import { outputClosed } from "./interruption.js";
import { exploreCommand } from "./explore.js";
import { profileCommand } from "./profile.js";
import { qemuCommand } from "./qemu.js";
import { qtestCommand } from "./qtest.js";
import { serveCommand } from "./serve.js";
import { processTerminal } from "./terminal.js";
import { versionCommand } from "./version.js";

const terminal = processTerminal(process);
const args = process.argv.slice(2);

process.on("uncaughtException", (error) => {
  process.exit(reportInternalError(error, args, terminal));
});
// The reader of a pipe may close it early: `viommu boot | head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") process.exit(reportInternalError(error, args, terminal));
    if (!outputClosed()) process.exit(0);
  });
}

process.exitCode = await runCommandLine(
  [
    ...[bootCommand, qemuCommand, serveCommand, qtestCommand, conformanceCommand, benchCommand],
    ...[profileCommand, decodeCommand, explainCommand, exploreCommand, versionCommand],
  ],
  args,
  terminal,
);
