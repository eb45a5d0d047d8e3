import { dmarTable, registerSizeLog2, } from "../acpi/dmar.js";
import { hasAts } from "../pci/ats-capability.js";
import { PciBridge } from "../pci/bridge.js";
import { EndpointFunction } from "../pci/function.js";
import { ioApic } from "./io-apic.js";
import { isInScope, isSamePath, isWithin, pathTo, } from "./unit-scope.js";
/**
 * DMAR as the units and the topology have it: INTR_REMAP when every unit remaps interrupts, root ports
 * and integrated devices with ATS where their unit serves device TLBs.
 * @throws RangeError for firmware options that the machine cannot keep.
 */
export function describeUnits({ units, topology, firmware }) {
    const interruptRemapping = units.every(({ values }) => values["IR"] === 1);
    const eimer = units.some(({ values }) => values["EIMER"] === 1);
    if (firmware.x2apicOptOut && eimer) {
        throw new RangeError("x2apicOptOut contradicts a unit with EIMER, which needs x2APIC mode (§8.1)");
    }
    const scopeOf = (path) => deviceScope(topology, path);
    const { reservedRegions, deviceProperties, x2apicOptOut, dmaControlOptIn } = firmware;
    return dmarTable({
        hostAddressWidth: Math.max(...units.map(({ hostAddressWidth }) => hostAddressWidth)),
        interruptRemapping,
        x2apicOptOut,
        dmaControlOptIn,
        units: units.map(({ base, registerBytes, scope }, index) => {
            const place = { base, sizeLog2: registerSizeLog2(registerBytes) };
            const last = index === units.length - 1;
            const platform = interruptRemapping && last ? [ioApicScope()] : [];
            return scope === "all"
                ? { ...place, includeAll: true, scopes: platform }
                : { ...place, scopes: [...scope.map(scopeOf), ...platform] };
        }),
        reservedRegions: reservedRegions.map(({ base, size, devices }) => {
            return { base, limit: base + size - 1n, scopes: devices.map(scopeOf) };
        }),
        ...rootPortsWithAts(units, topology),
        affinities: units.flatMap(({ base, proximityDomain }) => proximityDomain === undefined ? [] : [{ base, proximityDomain }]),
        ...integratedWithAts(units, topology, firmware.atcRequired),
        ...(deviceProperties.length > 0 && {
            deviceProperties: [
                {
                    devices: deviceProperties.map(({ device, ...properties }) => {
                        return { ...properties, scope: scopeOf(device) };
                    }),
                },
            ],
        }),
    });
}
function ioApicScope() {
    const { id, sourceId } = ioApic;
    const path = [{ device: (sourceId >> 3) & 31, function: sourceId & 7 }];
    return { kind: "ioapic", enumerationId: id, startBus: sourceId >> 8, path };
}
function deviceScope(topology, path) {
    const isBridge = topology.bridges().some((each) => isSamePath(pathTo(each), path));
    return { kind: isBridge ? "bridge" : "endpoint", path };
}
/** §8.5: a root port supports ATS when the units of all below it do. */
function rootPortsWithAts(units, topology) {
    const ports = topology.root.filter((each) => each instanceof PciBridge && each.kind === "root-port");
    const withAts = ports.filter((port) => topology
        .all()
        .filter((each) => isWithin(pathTo(each), pathTo(port)))
        .every((each) => servesDeviceTlb(units, each)));
    if (withAts.length === 0)
        return {};
    if (withAts.length === ports.length)
        return { rootPorts: [{ allPorts: true }] };
    return {
        rootPorts: [{ scopes: withAts.map((port) => ({ kind: "bridge", path: pathTo(port) })) }],
    };
}
/** §8.8: one structure for those that need ATS, one for the others. */
function integratedWithAts(units, topology, required) {
    const devices = topology.root
        .filter((each) => each instanceof EndpointFunction && hasAts(each.config))
        .filter((each) => servesDeviceTlb(units, each))
        .map(pathTo);
    const isRequired = (path) => required.some((each) => isSamePath(each, path));
    if (required.some((path) => !devices.some((each) => isSamePath(each, path)))) {
        throw new RangeError("atcRequired names integrated endpoints with ATS, in the scope of a unit with ECAP.DT");
    }
    const structures = [true, false].map((flag) => ({
        required: flag,
        scopes: devices
            .filter((path) => isRequired(path) === flag)
            .map((path) => ({ kind: "endpoint", path })),
    }));
    return { integratedDevices: structures.filter(({ scopes }) => scopes.length > 0) };
}
function servesDeviceTlb(units, target) {
    return units.find(({ scope }) => isInScope(scope, target))?.values["DT"] === 1;
}
