// #region server
import { Duplex, PassThrough } from "node:stream";
import { EduDriver, PciAccess, q35Devices, QtestClient, QtestServer } from "viommu/qtest";

const [input, output] = [new PassThrough(), new PassThrough()];
const server = await QtestServer.start({
  machine: { memoryBytes: 64 * 2 ** 20, ...q35Devices(["intel-iommu,scalable-mode=on", "edu"]) },
  qtest: { kind: "stdio" },
  packageVersion: "0",
  stdio: { input, output },
});
// #endregion
// #region client
// Instead of a stream: `QtestClient.connect(path)`, or `startQemu(options)` for a QEMU of its own.
const client = QtestClient.over(Duplex.from({ readable: output, writable: input }));
console.log((await client.read(0xfed9_0010n, 8)).toString(16));
// => "480080f00f4a"

const pci = new PciAccess(client);
const [found] = (await pci.functions()).filter(({ device }) => device === 0x11e8);
const edu = await EduDriver.open(client, pci, found!.bdf); // 00:01.0
await client.writeBytes(0x10_0000n, Uint8Array.of(1, 2, 3, 4));
await edu.readMemory(0x10_0000n, 4); // through the unit
await edu.writeMemory(0x20_0000n, 4);
console.log(await client.readBytes(0x20_0000n, 4));
// => Uint8Array.of(1, 2, 3, 4)

// Commands that are not waited for travel together.
const words = await Promise.all([0n, 4n, 8n].map((at) => client.read(0x10_0000n + at, 4)));
console.log(words);
// => [0x0403_0201n, 0n, 0n]
client.close();
await server.close();
// #endregion
