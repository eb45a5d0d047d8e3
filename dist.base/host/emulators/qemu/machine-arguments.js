/**
 * Words of every kernel command line: the console is the serial port, the unit is used in scalable mode, and a
 * panic ends the run. Later words prevail.
 */
export const KERNEL_WORDS = "console=ttyS0 panic=-1 intel_iommu=on,sm_on";
/** QEMU's options for a q35 machine whose unit and endpoints are served over vfio-user. */
export function machineArguments(parts) {
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
export function servedArguments(parts) {
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
function deviceOption(at, socket) {
    return json({
        driver: "vfio-user-pci",
        addr: at.replace(/^00:/, ""),
        socket: { type: "unix", path: socket },
    });
}
function json(value) {
    return JSON.stringify(value);
}
/** QEMU's way to write a comma inside of an option. */
function comma(path) {
    return path.replaceAll(",", ",,");
}
