import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  cases,
  chosenCases,
  runCases,
  targetNamed,
  totalsOf,
  type CaseResult,
} from "../../host/conformance/index.js";
import { detailLines } from "../../host/conformance/runner/result.js";
import { serveTarget } from "../../host/conformance/protocol/serve.js";
import { temporaryFolder } from "../cli/run.js";

const EXAMPLE = fileURLToPath(new URL("../docs/examples/conformance-target.mjs", import.meta.url));
const some = chosenCases(cases, ["3.4", "7.2.1", "11.4.5"]);

function failures(results: readonly CaseResult[]): string[] {
  const failed = results.filter(({ status }) => status === "failed");
  return failed.map((each) => [each.id, ...detailLines(each)].join("\n"));
}

describe("a target that speaks the line protocol", () => {
  it("takes the suite: the example of the page", async () => {
    const target = await targetNamed(`stdio:${process.execPath} ${EXAMPLE}`);
    expect(target.title).toBe("an example");
    const result = await runCases({ target, cases, presets: ["full"] });
    expect(failures(result.cases)).toEqual([]);
    expect(totalsOf(result.cases).passed).toBeGreaterThan(300);
    const page = result.cases.find(({ id }) => id.endsWith("page-request-reaches-queue"));
    expect(page?.reason).toBe("needs a target that has endpoints that send page requests");
  });

  it("may wait at a socket", async () => {
    const path = join(temporaryFolder(), "socket");
    const wrapped = await targetNamed("core-port");
    const server = createServer((socket) => void serveTarget(wrapped, socket, socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    const target = await targetNamed(`socket:${path}`);
    const result = await runCases({ target, cases: some, presets: ["full", "legacy"] });
    const here = await runCases({ target: wrapped, cases: some, presets: ["full", "legacy"] });
    const plain = (results: readonly CaseResult[]) =>
      results.map(({ id, configuration, status, reason }) => [id, configuration, status, reason]);
    expect(plain(result.cases)).toEqual(plain(here.cases));
  });

  it("refuses a unit that it cannot make: the cases are skipped with its reason", async () => {
    const target = await targetNamed(`stdio:${process.execPath} ${EXAMPLE}`);
    const subject = { ...some[0]!, needs: {}, with: { capabilities: { RWBF: 1, SMTS: 1 } } };
    const { cases: results } = await runCases({ target, cases: [subject], presets: ["full"] });
    expect(results[0]).toMatchObject({ status: "skipped" });
    expect(results[0]!.reason).toContain("RWBF is 0 with SMTS");
  });
});

/** Starts a program that answers with what `answer` makes of each message; greets and opens well. */
async function bad(answer: string) {
  const file = join(temporaryFolder(), "bad.mjs");
  writeFileSync(
    file,
    `import { createInterface } from "node:readline";
    const memory = { start: "0x200000", end: "0x2000000" };
    const session = { abilities: ["reset"], memory, hostAddressWidth: 46, endpoints: [] };
    const caps = { 0: "0x60", 8: "0x0", 16: "0x0" };
    const good = ({ op, offset }) => op === "read-register" ? { ok: true, value: caps[offset] ?? "0x0" }
      : op === "take-events" ? { ok: true, events: [] } : { ok: true };
    for await (const line of createInterface({ input: process.stdin })) {
      const { id, hello, open, perform } = JSON.parse(line);
      const say = (value) => console.log(JSON.stringify({ id, ...value }));
      if (hello) say({ target: { protocol: 1, title: "bad" } });
      else if (open) say({ session });
      else if (perform && perform.every(({ offset = 0 }) => offset <= 16)) say({ answers: perform.map(good) });
      else if (perform) { ${answer} }
      else say({});
    }`,
  );
  return targetNamed(`stdio:${process.execPath} ${file}`);
}

const subject = { ...cases.find(({ id }) => id === "VTD-11.4.5-rtaddr-default")!, needs: {} };

describe("a target with bad manners fails the case with the reason, and is started again", () => {
  it.each([
    [
      "dies",
      'process.stderr.write("out of gates\\n"); process.exit(3);',
      /exit code 3; out of gates/,
    ],
    ["dies by a signal", 'process.kill(process.pid, "SIGKILL");', /exit code 137|ended by SIGKILL/],
    ["says no JSON", 'console.log("hello");', /it says "hello", which answers no message/],
    ["answers another message", "say({ id: 9999 });", /which answers no message/],
    ["answers no list", "say({ answers: 7 });", /no list of answers/],
    ["answers too few", "say({ answers: [] });", /1 operations have 0 answers/],
    [
      "answers without a value",
      "say({ answers: [{ ok: true }] });",
      /read-register, value is missing/,
    ],
    [
      "answers with a value that is none",
      'say({ answers: [{ ok: true, value: "twelve" }] });',
      /value is "twelve": expected a string such as "0x1000"/,
    ],
    [
      "reports an error",
      'say({ error: "no licence" });',
      /the target reports an error: no licence/,
    ],
    [
      "fails the operation",
      'say({ answers: [{ ok: false, reason: "bus error" }] });',
      /read-register: bus error/,
    ],
  ])("%s", async (_, answer, reason) => {
    const target = await bad(answer);
    const twice = [subject, { ...subject, id: "VTD-11.4.5-again" }];
    const { cases: results } = await runCases({ target, cases: twice, presets: ["full"] });
    for (const result of results) {
      expect(result.status).toBe("failed");
      expect(result.reason).toMatch(reason);
    }
  });

  it("hangs: the limit for an answer ends it", async () => {
    const target = await bad("");
    const options = { target, cases: [subject], presets: ["full"], milliseconds: 300 };
    const { cases: results } = await runCases(options);
    expect(results[0]!.reason).toContain("no answer from the target within 0.3 seconds");
  });

  it("cannot do something: the case is skipped", async () => {
    const target = await bad('say({ answers: [{ ok: false, unsupported: true, reason: "no" }] });');
    const { cases: results } = await runCases({ target, cases: [subject], presets: ["full"] });
    expect(results[0]).toMatchObject({ status: "skipped", reason: "no" });
  });
});

describe("a target that cannot be started says so", () => {
  it.each([
    [
      "that is no program",
      "stdio:no-such-program-anywhere",
      /the target does not work: .*not found/s,
    ],
    ["that greets with nonsense", "stdio:echo hello", /it says "hello", which answers no message/],
    ["that is at no socket", "socket:/nowhere/socket", /no connection to \/nowhere\/socket/],
  ])("%s", async (_, name, message) => {
    await expect(targetNamed(name)).rejects.toThrow(message);
  });
});
