/** What a machine needs to have the unit and the endpoints of a server. */
export interface ServedParts {
  readonly memoryMib: number;
  readonly ramFile: string;
  readonly dmarFile: string;
  /** Of bus 0: "00:05.0", and the socket that serves it. */
  readonly functions: readonly { readonly at: string; readonly socket: string }[];
  /** Five-level tables of the guest's processor: only if the unit can walk them, for SVA shares them. */
  readonly fiveLevels: boolean;
}

/** What a machine of QEMU is made of. */
export interface MachineParts extends ServedParts {
  readonly processors: number;
  readonly kernel: string;
  readonly initrd?: string;
  /** Behind the words that every run has. */
  readonly append?: string;
  readonly monitorSocket: string;
  readonly endsWithParent: boolean;
  /** More options, as they are. */
  readonly more?: readonly string[];
}

/**
 * Words of every kernel command line: the console is the serial port, the unit is used in scalable mode, and a
 * panic ends the run. Later words prevail.
 */
export const KERNEL_WORDS = "console=ttyS0 panic=-1 intel_iommu=on,sm_on";

/** QEMU's options for a q35 machine whose unit and endpoints are served over vfio-user. */
export function machineArguments(parts: MachineParts): string[] {
  const { initrd, append, more = [] } = parts;
  return [
    ...["-accel", "tcg"],
    ...servedArguments(parts),
    ...["-smp", String(parts.processors)],
    ...["-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"],
    ...["-qmp", `unix:${comma(parts.monitorSocket)}`],
    ...(parts.endsWithParent ? ["-run-with", "exit-with-parent=on"] : []),
    ...["-kernel", parts.kernel],
    ...(initrd === undefined ? [] : ["-initrd", initrd]),
    ...["-append", append === undefined ? KERNEL_WORDS : `${KERNEL_WORDS} ${append}`],
    ...more,
  ];
}

/** The options without which no QEMU has the unit and the endpoints of a server. */
export function servedArguments(parts: ServedParts): string[] {
  return [
    ...["-machine", "q35,memory-backend=ram"],
    ...["-cpu", parts.fiveLevels ? "max" : "max,la57=off"],
    ...["-m", `${parts.memoryMib}M`],
    "-object",
    json({
      "qom-type": "memory-backend-file",
      id: "ram",
      size: parts.memoryMib * 2 ** 20,
      "mem-path": parts.ramFile,
      share: true,
    }),
    ...parts.functions.flatMap(({ at, socket }) => ["-device", deviceOption(at, socket)]),
    ...["-acpitable", `file=${comma(parts.dmarFile)}`],
  ];
}

/** JSON: the socket is an object, which the other form of the option cannot say. */
function deviceOption(at: string, socket: string): string {
  return json({
    driver: "vfio-user-pci",
    addr: at.replace(/^00:/, ""),
    socket: { type: "unix", path: socket },
  });
}

function json(value: object): string {
  return JSON.stringify(value);
}

/** QEMU's way to write a comma inside of an option. */
function comma(path: string): string {
  return path.replaceAll(",", ",,");
}
