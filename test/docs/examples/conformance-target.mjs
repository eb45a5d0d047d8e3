// #region target
import { Buffer } from "node:buffer";
import process from "node:process";
import { createInterface } from "node:readline";
import { GuestMemory, Iommu } from "viommu";

let memory;
let iommu;

async function open({ configuration, ...wishes }) {
  memory = GuestMemory.create({ size: 32 * 2 ** 20 });
  iommu = await Iommu.create({ ...wishes, preset: configuration, memory });
  const { hostAddressWidth } = iommu.capabilities;
  const ram = { start: "0x200000", end: "0x2000000" };
  return { abilities: ["reset", "dma"], memory: ram, hostAddressWidth, endpoints: [0x10] };
}

const hex = (value) => `0x${value.toString(16)}`;
const digits = (bytes) => Buffer.from(bytes).toString("hex");

const operations = {
  "read-register": ({ offset, size }) => ({
    value: hex(iommu.access({ kind: "read", offset, size }).value),
  }),
  "write-register": ({ offset, size, value }) =>
    void iommu.access({ kind: "write", offset, size, value: BigInt(value) }),
  "read-memory": ({ address, length }) => ({
    data: digits(memory.readBytes(BigInt(address), length)),
  }),
  "write-memory": ({ address, data }) =>
    memory.writeBytes(BigInt(address), Buffer.from(data, "hex")),
  "fill-memory": ({ address, length, value }) => memory.fill(BigInt(address), length, value),
  "take-events": () => ({ events: [] }),
  reset: ({ kind }) => iommu.reset(kind),
  dma({ sourceId, address, access, length, data }) {
    const request = { sourceId, address: BigInt(address), access, size: length };
    const result = iommu.translate(request);
    if (result.status === "interrupt") return { outcome: "interrupt" };
    if (result.status !== "ok") return { outcome: "blocked" };
    if (access === "write") memory.writeBytes(result.address, Buffer.from(data, "hex"));
    return { outcome: "done", data: digits(memory.readBytes(result.address, length)) };
  },
};

function perform(operation) {
  const run = operations[operation.op];
  if (run === undefined) return { ok: false, unsupported: true, reason: `no ${operation.op}` };
  try {
    return { ok: true, ...run(operation) };
  } catch (error) {
    return { ok: false, reason: error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  const answer = { id: message.id };
  if (message.hello) answer.target = { protocol: 1, title: "an example" };
  if (message.perform) answer.answers = message.perform.map(perform);
  try {
    if (message.open) answer.session = await open(message.open);
  } catch (error) {
    answer.refusal = error.message;
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
// #endregion
