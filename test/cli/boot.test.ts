import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { guestImage, x86, type Code } from "../emulators/v86/guest-code.js";
import { temporaryFolder, viommu, viommuHere } from "./run.js";
import { schemaProblems } from "./schema.js";

interface BootJson {
  readonly verdict: string;
  readonly reason?: string;
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
  readonly counters: Readonly<Record<string, number>>;
}

function parse(json: string): BootJson {
  const value = JSON.parse(json) as BootJson;
  expect(schemaProblems("boot", value)).toEqual([]);
  return value;
}

function imageFile(...code: readonly Code[]): string {
  const file = join(temporaryFolder(), "guest.elf");
  writeFileSync(file, new Uint8Array(guestImage(...code)));
  return file;
}

describe("the built command, in a process of its own", () => {
  it("passes with the demonstration: serial output first, then an account", async () => {
    const { code, stdout, stderr } = await viommu("boot");
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^# pri-demo/);
    expect(stdout).not.toContain("not ok");
    expect(stdout).toMatch(/\nunit +version 6\.0, preset full, CAP 0x/);
    expect(stdout).toMatch(/\nchecks +\d+ passed, 0 failed\n/);
    expect(stdout).toMatch(/\npage requests +[1-9]\d* in \d+ groups, .* timing desktop/);
    expect(stdout).toMatch(/\npass\n$/);
    expect(code).toBe(0);
  });

  it("prints the same JSON run after run, and nothing else on standard output", async () => {
    const [first, second] = [
      await viommu("boot", "--json"),
      await viommu("boot", "--json", "--quiet"),
    ];
    const result = parse(first.stdout);
    expect(result).toMatchObject({ verdict: "pass", image: "images/pri-demo.elf" });
    expect(result.counters["pageRequestsQueued"]).toBeGreaterThan(0);
    expect(result.counters["dmaBytesRead"]).toBeGreaterThan(0);
    expect({ ...parse(second.stdout), wallMs: 0 }).toEqual({ ...result, wallMs: 0 });
    expect(first.stderr).toMatch(/^# pri-demo/);
    expect(second.stderr).toBe("");
  });

  it("ends with 1 when the guest reports a failed check", async () => {
    const { code, stdout } = await viommu("boot", "images/fail.elf", "--json", "--quiet");
    expect(parse(stdout)).toMatchObject({
      verdict: "fail",
      checks: [
        { name: "started", ok: true },
        { name: "fails-on-purpose", ok: false },
      ],
    });
    expect(code).toBe(1);
  });

  it("ends with 3 when the guest halts with interrupts turned off", async () => {
    const { code, stdout, stderr } = await viommu("boot", "images/hang.elf", "--quiet");
    expect(stdout).toBe("ok started\n");
    expect(stderr).toBe("hang: the CPU halted with interrupts turned off\n");
    expect(code).toBe(3);
  });

  it("ends with 3 when the guest triple-faults", async () => {
    const run = await viommu("boot", "images/triple-fault.elf", "--json", "--quiet");
    const { code, stdout, stderr } = run;
    expect(parse(stdout)).toMatchObject({ verdict: "crash", checks: [{ name: "started" }] });
    expect(stderr).toBe("");
    expect(code).toBe(3);
  });

  it("ends with 124 at the time limit", async () => {
    const image = imageFile(x86.loopForever);
    const { code, stdout } = await viommu("boot", image, "--timeout", "0.3", "--json");
    const reason = "the time limit of 0.3 s was reached";
    expect(parse(stdout)).toMatchObject({ verdict: "timeout", reason });
    expect(code).toBe(124);
  });

  it("ends with 2 for a missing file, and for a file of the wrong kind", async () => {
    expect(await viommu("boot", "no-such.elf")).toEqual({
      code: 2,
      stdout: "",
      stderr: "viommu: no such file: no-such.elf\n",
    });
    const wrongKind = await viommu("boot", "package.json");
    expect(wrongKind.code).toBe(2);
    expect(wrongKind.stderr).toMatch(/^viommu: package\.json is a text file; expected a 32-bit/);
  });
});

it("fails when a check failed though the guest ended well", async () => {
  const image = imageFile(x86.print("not ok lies: 3 of 4\n"), x86.exit(0));
  const { code, stdout } = await viommuHere(["boot", image, "--json", "--quiet"]);
  const checks = [{ name: "lies", ok: false, detail: "3 of 4" }];
  expect(parse(stdout)).toMatchObject({ verdict: "fail", checks });
  expect(code).toBe(1);
});

it("passes with checks that were skipped, and counts them apart", async () => {
  const image = imageFile(x86.print("ok one\nskip two: no disk\n"), x86.exit(0));
  const json = await viommuHere(["boot", image, "--json", "--quiet"]);
  expect(parse(json.stdout)).toMatchObject({
    verdict: "pass",
    checks: [
      { name: "one", ok: true },
      { name: "two", ok: true, skipped: true, detail: "no disk" },
    ],
  });
  const account = await viommuHere(["boot", image]);
  expect(account.stdout).toMatch(/\nchecks +1 passed, 1 skipped, 0 failed\n/);
});

it("calls a guest hung that halts with interrupts turned on, and is never woken", async () => {
  const image = imageFile(x86.sti, x86.hlt);
  const { code, stderr } = await viommuHere(["boot", image, "--quiet"]);
  expect(stderr).toMatch(/^hang: the CPU halted, and nothing has woken it/);
  expect(code).toBe(3);
});

it("gives the same result when v86 translates hot code", async () => {
  const run = async (...more: string[]): Promise<object> => {
    const { stdout } = await viommuHere(["boot", "--json", "--quiet", ...more]);
    return { ...parse(stdout), wallMs: 0 };
  };
  expect(await run("--jit")).toEqual(await run());
});

it("passes with the capabilities of the recorded Linux boots", async () => {
  const { stdout } = await viommuHere(["boot", "--preset", "linux", "--json", "--quiet"]);
  expect(parse(stdout)).toMatchObject({ verdict: "pass", preset: "linux" });
});

it.each([
  ["a folder", ["boot", "docs"], /^viommu: docs is a folder; expected an image file\n$/],
  ["an unknown preset", ["boot", "--preset", "best"], /Allowed choices are legacy/],
  ["an unknown capability", ["boot", "--unit", "NOPE=1"], /no field "NOPE"/],
  ["an illegal set of capabilities", ["boot", "--unit", "QI=0"], /needs QI/],
  ["a field without value", ["boot", "--unit", "PSS"], /FIELD=VALUE/],
  ["too little memory", ["boot", "--memory", "1"], /--memory "1" is no number from 2/],
  ["an unknown option", ["boot", "--nope"], /unknown option '--nope'/],
  ["an unknown command", ["nope"], /unknown command 'nope'/],
  ["a trace that cannot be written", ["boot", "--trace", "no/such"], /cannot write the trace/],
])("ends with 2 and a message on standard error for %s", async (_what, args, message) => {
  const { code, stdout, stderr } = await viommuHere(args);
  expect(stderr).toMatch(message);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});

it("writes every event of the unit to a trace, one JSON object on a line", async () => {
  const trace = join(temporaryFolder(), "trace.jsonl");
  expect(await viommuHere(["boot", "--quiet", "--trace", trace])).toMatchObject({ code: 0 });
  const lines = readFileSync(trace, "utf8").trimEnd().split("\n");
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(events[0]).toMatchObject({ event: "trace", kind: "register", access: "read" });
  expect(events).toContainEqual(expect.objectContaining({ event: "pageGroupResponse", code: 0 }));
  expect(events).toContainEqual(expect.objectContaining({ event: "fault", condition: "SFS.2" }));
  expect(events).toContainEqual(expect.objectContaining({ event: "deviceTlbInvalidate" }));
});

it("colours the account where the terminal shows colours, and nowhere else", async () => {
  const args = ["boot", "images/fail.elf"];
  expect((await viommuHere(args)).stdout).not.toContain("\u001b[");
  expect((await viommuHere(args, { color: true })).stdout).toContain("\u001b[31mfail");
});

it("tells the guest its seed on the command line", async () => {
  // The multiboot information (EBX) has the address of the command line at +16.
  const printLine = [
    ...[0x8b, 0x73, 0x10], // mov esi, [ebx + 16]
    ...[0x66, 0xba, 0xf8, 0x03], // mov dx, 0x3f8
    ...[0x8a, 0x06, 0x46, 0x84, 0xc0, 0x74, 0x03, 0xee, 0xeb, 0xf6], // print up to the 0 behind it
  ];
  const image = imageFile(printLine, x86.exit(0));
  const { stdout } = await viommuHere(["boot", image, "--quiet", "--seed", "77"]);
  expect(stdout).toContain("seed=77");
});
