/**
 * The names inside v86 that this plugin needs beyond v86's published interface, and the check that
 * they are there. v86 has no plugin interface: its npm releases keep the names, but promise nothing.
 */
/** The v86 release that the plugin is written and tested against. */
export const TESTED_V86_VERSION = "0.5.462";
/** The v86 in use lacks a name that the plugin needs. */
export class V86MismatchError extends Error {
    name = "V86MismatchError";
    /** The name that is missing or of another kind, from the emulator on: "v86.cpu.io.mmap_register". */
    missing;
    constructor(missing, expected, found) {
        super(`this v86 has no usable "emulator.${missing}" (expected ${expected}, found ${found}): ` +
            `viommu needs names that v86 does not publish, and was tested with v86 ` +
            `${TESTED_V86_VERSION}; install that version`);
        this.missing = missing;
    }
}
const NEEDED = {
    object: [
        "v86",
        "v86.cpu",
        "v86.cpu.io",
        "v86.cpu.devices",
        "v86.cpu.devices.pci",
        "v86.cpu.devices.pci.devices",
        "v86.cpu.devices.pci.device_spaces",
        "v86.cpu.devices.pci.pci_addr32",
        "v86.cpu.devices.pci.pci_response",
        "v86.cpu.devices.pci.pci_response32",
        "v86.cpu.devices.pci.pci_status32",
        "v86.cpu.devices.pci.isa_bridge_space8",
        "v86.cpu.memory_map_read8",
        "v86.cpu.memory_map_write8",
        "v86.cpu.memory_map_read32",
        "v86.cpu.memory_map_write32",
        "v86.cpu.wasm_memory",
        "v86.cpu.mem8",
        "v86.cpu.memory_size",
        "v86.cpu.in_hlt",
        "v86.cpu.acpi_enabled",
        "v86.cpu.bios",
        "v86.cpu.option_roms",
    ],
    function: [
        "v86.cpu.io.mmap_register",
        "v86.cpu.io.register_read",
        "v86.cpu.io.register_write",
        "v86.cpu.devices.pci.pci_query",
        "v86.cpu.devices.pci.pci_write8",
        "v86.cpu.devices.pci.pci_write16",
        "v86.cpu.devices.pci.pci_write32",
        "v86.cpu.main_loop",
        "v86.cpu.run_hardware_timers",
        "v86.cpu.handle_irqs",
        "v86.cpu.device_raise_irq",
        "v86.cpu.device_lower_irq",
        "v86.cpu.reboot_internal",
        "v86.cpu.stop_idling",
        "v86.cpu.get_eflags",
        "v86.cpu.get_apic_addr",
        "v86.cpu.jit_dirty_cache",
        "v86.cpu.read8",
        "v86.cpu.read16",
        "v86.cpu.read32s",
        "v86.cpu.write8",
        "v86.cpu.write16",
        "v86.cpu.write32",
        "v86.cpu.read_blob",
        "v86.cpu.write_blob",
        "v86.cpu.zero_memory",
    ],
    number: ["v86.cpu.mem8.byteOffset", "v86.cpu.memory_size.0"],
};
/** Every name that the plugin needs of every v86, with the kind that it must have. */
export const NEEDED_NAMES = namesOf(NEEDED);
function namesOf(needs, prefix = "") {
    return Object.entries(needs).flatMap(([kind, paths]) => paths.map((path) => ({ path: prefix + path, kind })));
}
/**
 * The CPU of a loaded emulator, after every needed name was found.
 * @throws {V86MismatchError} naming the first that is missing or of another kind.
 */
export function checkedCpu(emulator) {
    requireNames(emulator, NEEDED_NAMES);
    return emulator.v86.cpu;
}
const DRIVES = {
    object: ["master", "master.cpu", "slave", "slave.cpu"],
    number: ["dma_status"],
};
const VIRTIO = {
    object: ["cpu", "device_feature", "queues"],
    number: ["pci_id", "device_feature.1"],
};
const VIRT_QUEUE = {
    object: ["cpu"],
    function: ["avail_get_idx", "get_descriptor"],
    number: ["avail_addr", "avail_last_idx"],
};
/**
 * Names of the IDE controller that its translation needs, on the channels that it has.
 * @throws {V86MismatchError}
 */
export function checkIde(cpu, ide) {
    const at = "v86.cpu.devices.ide.";
    const names = [{ path: `${at}pci_id`, kind: "number" }];
    for (const channel of ["primary", "secondary"]) {
        if (ide[channel] !== undefined)
            names.push(...namesOf(DRIVES, `${at}${channel}.`));
    }
    requireNames({ v86: { cpu } }, names);
}
/**
 * Names of a virtio device that its translation needs, on all of its queues.
 * @param name the device's among those of the CPU, such as "virtio_net".
 * @throws {V86MismatchError}
 */
export function checkVirtio(cpu, name) {
    const emulator = { v86: { cpu } };
    const at = `v86.cpu.devices.${name}.virtio`;
    requireNames(emulator, [{ path: at, kind: "object" }, ...namesOf(VIRTIO, `${at}.`)]);
    const queues = valueAt(emulator, `${at}.queues`);
    for (const index of queues.keys()) {
        requireNames(emulator, namesOf(VIRT_QUEUE, `${at}.queues.${index}.`));
    }
}
function requireNames(emulator, names) {
    for (const { path, kind } of names) {
        const found = kindOf(valueAt(emulator, path));
        if (found !== kind)
            throw new V86MismatchError(path, `a ${kind}`, found);
    }
}
/** True once v86 has created its devices: what "emulator-loaded" announces. */
export function isLoaded(emulator) {
    return kindOf(valueAt(emulator, "v86.cpu.devices.pci")) === "object";
}
function valueAt(root, path) {
    let value = root;
    for (const name of path.split(".")) {
        if (kindOf(value) !== "object")
            return undefined;
        value = value[name];
    }
    return value;
}
function kindOf(value) {
    return value === null ? "null" : typeof value;
}
