import { describe, expect, it } from "vitest";
import { readTrace, replayTrace } from "./trace.js";

const SVA = readTrace("qemu-linux-7.2-sva-vfio.jsonl.gz");
const IOMMUFD = readTrace("qemu-linux-7.2-iommufd.jsonl.gz");
const OVERFLOW = readTrace("qemu-linux-7.2-overflow.jsonl.gz");

const times = (trace: readonly string[], text: string) =>
  trace.filter((line) => line.includes(text)).length;

describe("a recorded run of Linux 7.2 in QEMU, replayed, leaves the recorded trace:", () => {
  it.each([
    ["SVA and VFIO", SVA, { pageRequest: 63, descriptor: 126, deviceTlb: 17, fault: 1 }],
    ["an overflow", OVERFLOW, { pageRequest: 4631, descriptor: 1221, deviceTlb: 11, fault: 0 }],
    ["IOMMUFD", IOMMUFD, { pageRequest: 53, descriptor: 145, deviceTlb: 7, fault: 0 }],
  ])("%s", async (_, trace, { pageRequest, descriptor, deviceTlb, fault }) => {
    expect(times(trace, '"kind":"pageRequest"')).toBe(pageRequest);
    expect(times(trace, '"kind":"descriptor"')).toBe(descriptor);
    expect(times(trace, '"event":"deviceTlbInvalidate"')).toBe(deviceTlb);
    expect(times(trace, '"event":"fault"')).toBe(fault);
    expect(await replayTrace(trace)).toEqual(trace);
  });
});

describe("a recorded boot of Linux 7.2 in QEMU, replayed, leaves the recorded trace, with", () => {
  it.each([
    ["performance counters", "counters", { ECMDS: 1, PMS: 1 }],
    ["interrupt remapping", "xapic", { IR: 1, ESIRTPS: 1 }],
    ["both, and destinations of 32 bits", "x2apic", { ECMDS: 1, PMS: 1, IR: 1, EIM: 1 }],
  ])("%s", async (_, name, capabilities) => {
    const trace = readTrace(`qemu-linux-7.2-boot-${name}.jsonl.gz`);
    expect(await replayTrace(trace, capabilities)).toEqual(trace);
    const falsified = trace.with(-1, trace.at(-1).replace(/0x4./, "0xc4"));
    expect(falsified).not.toEqual(trace);
    expect(await replayTrace(falsified, capabilities)).not.toEqual(falsified);
  });
});

it("in the overflow the unit answers as many groups as Linux had no answer for, and Linux clears PRO", () => {
  const answers = times(OVERFLOW, '"event":"pageGroupResponse"');
  const byLinux = OVERFLOW.filter((line) =>
    /"kind":"descriptor".*"words":\["0x1002[08]0019"/.test(line),
  );
  expect(answers - byLinux.length).toBe(129);
  expect(times(OVERFLOW, '"access":"read","offset":220,"size":4,"value":"0x2"')).toBe(1);
  expect(times(OVERFLOW, '"access":"write","offset":220,"size":4,"value":"0x2"')).toBe(1);
});

describe("a trace that is not true is found:", () => {
  it.each([
    ["PQT", /("access":"read","offset":200,.*"value":)"0x20"/, '"0x40"'],
    ["PQH that the driver wrote", /("access":"write","offset":192,.*"value":)"0x20"/, '"0x0"'],
    ["FSTS", /("access":"read","offset":52,.*"value":)"0x2"/, '"0x0"'],
    ["the fault record", /("value":)"0xc0000071"/, '"0xc0000072"'],
    ["a fault's condition", /("condition":)"SFS.2"/, '"SFS.3"'],
    ["where a page request lies", /("kind":"pageRequest","offset":)32,/, "64,"],
    ["a response", /("event":"pageGroupResponse".*"code":)0/, "1"],
    ["an invalidation's tag", /("event":"deviceTlbInvalidate".*"itag":)1}/, "2}"],
    ["an invalidation's address", /("words":\["0x2800000003",")0x12347001/, "0x12348001"],
    ["the data of an interrupt", /("event":"interrupt".*"data":)33/, "34"],
  ])("%s", async (_, was, is) => {
    const at = SVA.findIndex((line) => was.test(line));
    const line = SVA[at]!.replace(was, (_match, before: string) => before + is);
    const falsified = SVA.with(at, line);
    expect(line).not.toBe(SVA[at]);
    expect(await replayTrace(falsified)).not.toEqual(falsified);
  });

  it.each([
    ["that PRO is set", /("access":"read","offset":220,.*"value":)"0x2"/, '"0x0"'],
    ["that Linux clears PRO", /("access":"write","offset":220,.*"value":)"0x2"/, '"0x0"'],
    [
      "where the queue begins again",
      /("kind":"pageRequest","offset":)0,"words":\["0x100280101"/,
      '32,"words":["0x100280101"',
    ],
  ])("%s", async (_, was, is) => {
    const at = OVERFLOW.findLastIndex((line) => was.test(line));
    const line = OVERFLOW[at]!.replace(was, (_match, before: string) => before + is);
    const falsified = OVERFLOW.with(at, line);
    expect(line).not.toBe(OVERFLOW[at]);
    expect(await replayTrace(falsified)).not.toEqual(falsified);
  });

  it("the queue has one place more", async () => {
    const full = OVERFLOW.findIndex((line) => line.includes('"kind":"pageRequest","offset":65472'));
    const line = OVERFLOW[full]!.replace("65472", "65504");
    const falsified = OVERFLOW.toSpliced(full + 1, 0, line);
    expect(await replayTrace(falsified)).not.toEqual(falsified);
  });

  it.each([
    ["a descriptor", '"kind":"descriptor"'],
    ["a page request", '"kind":"pageRequest"'],
    ["a response", '"event":"pageGroupResponse"'],
    ["an interrupt", '"event":"interrupt"'],
    ["an invalidation of the endpoint's TLB", '"event":"deviceTlbInvalidate"'],
    ["a fault", '"event":"fault"'],
  ])("%s is missing", async (_, text) => {
    const at = SVA.findIndex((line) => line.includes(text));
    const falsified = SVA.toSpliced(at, 1);
    expect(falsified).toHaveLength(SVA.length - 1);
    expect(await replayTrace(falsified)).not.toEqual(falsified);
  });
});
