import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cachedQemu } from "../../../emulators/qemu/cached-qemu.js";
import { QemuError } from "../../../emulators/qemu/qemu-error.js";
import { findQemu } from "../../../emulators/qemu/qemu-program.js";
import { QtestClient, startQemu, type StartQemuOptions } from "../../../emulators/qtest/index.js";
import { reportedCapabilities } from "../../capabilities.js";
import { TargetUnavailable, type Target } from "../../target.js";
import { deviceArguments, qemuConfiguration, qemuConfigurations } from "./configurations.js";
import { MACHINE_MIB, QtestSession } from "./session.js";
import { UnitRegisters } from "./unit-registers.js";

const HOW_TO_GET =
  "`apt install qemu-system-x86` of a Debian from 2026 on, test/linux/setup/sid-root.sh of viommu's " +
  "sources, which installs nothing, or --target qemu:PROGRAM for one that is not in PATH";
/** The command of this package that takes QEMU's options. */
const OWN = /^(viommu-system-x86_64) (\S+)/;
const ANSWER_MS = 20_000;

type Program = Pick<StartQemuOptions["qemu"], "path" | "endsWithParent">;

/**
 * QEMU's intel-iommu: a QEMU of its own for each configuration.
 * @param path the program; "" for the one in PATH, or the one that the Linux tests have got.
 * @throws TargetUnavailable
 */
export async function qemuTarget(path: string): Promise<Target> {
  const own = path === "" ? undefined : await ownProgram(path);
  if (own !== undefined) {
    return targetOf("viommu-system-x86_64", `viommu ${own} behind QEMU's command line`, {
      path,
      endsWithParent: true,
    });
  }
  const qemu = await findUsable(path);
  return targetOf("qemu", `QEMU ${qemu.version}, intel-iommu`, qemu);
}

function targetOf(name: string, title: string, qemu: Program): Target {
  return {
    name,
    title,
    configurations: qemuConfigurations.map((each) => each.name),
    mayHang: true,
    async open(configuration) {
      const chosen = qemuConfiguration(configuration);
      const { client, close } = await startQemu({
        qemu,
        arguments: deviceArguments(chosen),
        memoryMib: MACHINE_MIB,
      });
      try {
        return await QtestSession.open(client, chosen.hostAddressWidth, close);
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

/** The unit of a q35 machine behind a qtest server that listens at a Unix socket, as it is. */
export function qtestTarget(path: string): Target {
  return {
    name: "qtest",
    title: `the qtest server at ${path}`,
    configurations: ["as it is"],
    mayHang: true,
    async open() {
      const client = await QtestClient.connect(path);
      try {
        return await QtestSession.open(client, await addressWidth(client), () => {
          client.close();
          return Promise.resolve();
        });
      } catch (error) {
        client.close();
        throw error;
      }
    },
  };
}

/** As QEMU has it: host addresses are as wide as guest addresses. */
async function addressWidth(client: QtestClient): Promise<number> {
  const unit = new UnitRegisters(client);
  const [version, cap, ecap] = await Promise.all([
    unit.read(0, 4),
    unit.read(8, 8),
    unit.read(0x10, 8),
  ]);
  return Math.min(52, reportedCapabilities(Number(version), cap, ecap).values["MGAW"]! + 1);
}

async function findUsable(path: string): Promise<Awaited<ReturnType<typeof findQemu>>> {
  try {
    return await findQemu(path === "" ? undefined : path);
  } catch (error) {
    if (!(error instanceof QemuError)) throw error;
    const cached = path === "" ? cachedQemu() : undefined;
    if (cached !== undefined) return findQemu(cached);
    throw new TargetUnavailable(`${error.message}; to get one: ${HOW_TO_GET}`);
  }
}

/** The version of this package's own command; undefined for another program. */
async function ownProgram(path: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(path, ["--version"], { timeout: ANSWER_MS });
    return OWN.exec(stdout)?.[2];
  } catch {
    return undefined;
  }
}
