import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import {
  parseTiming,
  readTiming,
  readWorkload,
  timingParameters,
  timingSets,
  timingSources,
} from "../../host/profile/index.js";

const parse = (text: string) => () => parseTiming("my.yaml", text);

describe("a timing file", () => {
  it("changes parameters of the set that it names", () => {
    const { name, values } = parseTiming(
      "my.yaml",
      "name: slow\nbase: server\nparameters:\n  walkers: 2\n  memory.cached: 0.25\n",
    );
    expect([name, values.walkers, values["memory.cached"]]).toEqual(["slow", 2, 0.25]);
    const { values: server } = readTiming("server");
    expect(values["memory.latency"]).toBe(server["memory.latency"]);
  });

  it("is read from a file, and an empty one is the desktop", () => {
    const file = join(mkdtempSync(join(tmpdir(), "viommu-")), "empty.yaml");
    writeFileSync(file, "");
    expect(readTiming(file).values).toEqual(readTiming("desktop").values);
    expect(() => readTiming(`${file}.not`)).toThrow(/empty.yaml.not cannot be read: .*\(ENOENT\)/);
  });

  it.each([
    [
      "parameters: {walkers: 0}",
      "my.yaml, line 1: walkers is 0: expected a whole number from 1 to 4096 (count)",
    ],
    [
      "parameters: {walkers: many}",
      'my.yaml, line 1: walkers is "many": expected a whole number from 1 to 4096',
    ],
    [
      "parameters: {memory.cached: 1.5}",
      "my.yaml, line 1: memory.cached is 1.5: expected a number from 0 to 1 (share)",
    ],
    [
      "parameters: {walker: 3}",
      'my.yaml, line 1: unknown parameter "walker": expected walkers, walkers.queue',
    ],
    ["base: laptop", 'my.yaml, line 1: base is "laptop": expected one of ideal, desktop, server'],
    [
      "timing: 3",
      'my.yaml, line 1: unknown field "timing": expected name, description, base, parameters',
    ],
    ["- 1", "my.yaml: expected fields base and parameters"],
    ["parameters: [", "my.yaml, line 1, column"],
    [
      "base: ideal\nparameters:\n  memory.latency: 80ns",
      'my.yaml, line 3: memory.latency is "80ns": expected a whole number from 0 to 1000000000 (cycles)',
    ],
    [
      "parameters: {memory.latancy: 80, Walkers: 3}",
      'my.yaml, line 1: unknown parameter "memory.latancy": expected memory.latency\n' +
        'my.yaml, line 1: unknown parameter "Walkers": expected walkers, walkers.queue',
    ],
    [
      "parameters:\n  memory:\n    latency: 3",
      'my.yaml, line 3: unknown parameter "memory": expected memory.latency, memory.jitter',
    ],
    ["parameters: {clock: .nan}", "my.yaml, line 1: clock is NaN: expected a number from 1"],
    ["parameters: 5", "my.yaml, line 1: parameters is 5: expected parameters with their values"],
    ["parameters:", "my.yaml, line 1: parameters is null: expected parameters with their values"],
    [
      "parameters:\n  walkers: 2\n  walkers: 3",
      "my.yaml, line 3, column 3: the name stands here for the second time",
    ],
    ["base: ideal\n---\nbase: server", "my.yaml, line 2, column 1: a second document begins"],
    [
      "name: &x 1\nparameters: {walkers: *x}",
      "my.yaml: expected values, and no anchors or aliases (&, *)",
    ],
  ])("%j is refused: %s", (text, message) => {
    expect(parse(text)).toThrow(message);
  });

  it("is told what there is, where no set has the name", () => {
    expect(() => readTiming("laptop")).toThrow(
      '--timing "laptop": expected ideal, desktop, server, or a YAML file such as slow.yaml',
    );
  });
});

it.each(timingSets)(
  "set $name has every parameter within its range, and says its sources",
  (set) => {
    for (const { name, least, most, integer } of timingParameters) {
      const value = set.values[name];
      expect([name, value >= least && value <= most]).toEqual([name, true]);
      if (integer) expect([name, Number.isInteger(value)]).toEqual([name, true]);
    }
    expect(set.sources.length).toBeGreaterThan(0);
    for (const [name, source] of Object.entries(set.sourceOf)) {
      expect(timingParameters.map((parameter) => parameter.name)).toContain(name);
      expect(timingSources[source].text).not.toBe("");
    }
  },
);

describe("a workload", () => {
  it("has the parameters that its text sets, and the usual ones", () => {
    const { workload, values } = readWorkload("nic,rings=8,invalidate=never");
    expect(workload.name).toBe("nic");
    expect(values).toMatchObject({ rings: 8, invalidate: "never", entries: 1024 });
  });

  it.each([
    ["disk", '--workload "disk": expected one of sequential, random'],
    ["nic,ring=3", '--workload nic: unknown parameter "ring": expected one of rings, entries'],
    ["nic,rings=0", '--workload nic: rings is "0": expected a whole number from 1 to 128'],
    ["nic,rings", '--workload nic: "rings" has not the form key=value'],
    ["nic,invalidate=later", 'invalidate is "later": expected one of strict, deferred, never'],
  ])("%j is refused: %s", (text, message) => {
    expect(() => readWorkload(text)).toThrow(message);
  });
});
