import { CapabilityError, resolveCapabilities } from "../../core/capabilities.js";
import { endpointKinds, type EndpointChoice, type EndpointKind } from "../../devices/gallery.js";
import type { EndpointDescription } from "../../machine/options.js";
import { formatBdf } from "../../pci/topology.js";
import { chipset } from "./chipset.js";
import { OptionError } from "./command-error.js";
import {
  parseDeviceOption,
  propertyHelp,
  propertyValues,
  type DeviceOption,
  type PropertyShapes,
} from "./device-option.js";
import { intelIommuProperties, intelIommuUnit } from "./intel-iommu-option.js";
import type { Q35Options } from "./q35.js";

/** What `-device` options make of a machine. */
export type Q35Devices = Pick<Q35Options, "unit" | "endpoints">;

const INTEL_IOMMU = "intel-iommu";

/** Options of each kind of endpoint, by the names of the command line. */
const ENDPOINT_PROPERTIES = {
  "dma-engine": {
    queues: { type: "uint8", usual: 4n },
    "tlb-entries": { type: "uint32", usual: 64n },
    "page-requests": { type: "uint32", usual: 64n },
    "pasid-bits": { type: "uint8", usual: 20n },
  },
  edu: { dma_mask: { type: "uint64", usual: 0xfff_ffffn } },
  "iommu-testdev": {},
} as const satisfies Readonly<Record<EndpointKind, PropertyShapes>>;

/** Names of the devices that there are. */
export const deviceNames: readonly string[] = [INTEL_IOMMU, ...endpointKinds];

/** Properties of a device; undefined for one that there is not. */
export function deviceProperties(driver: string): PropertyShapes | undefined {
  if (driver === INTEL_IOMMU) return intelIommuProperties;
  return isEndpoint(driver) ? ENDPOINT_PROPERTIES[driver] : undefined;
}

/** What a `-device` option asks to be printed; undefined if it asks for a device. @throws OptionError */
export function deviceHelp(text: string): string | undefined {
  if (text === "help" || text === "?") {
    return deviceNames.map((name) => `name "${name}"\n`).join("");
  }
  const { driver, help } = parseDeviceOption(text);
  return help ? propertyHelp(driver, shapesOf(driver)) : undefined;
}

/**
 * The unit and the endpoints of `-device` options. Endpoints without `addr` get the first free slots, as in QEMU.
 * @param taken slots that other devices have, by number.
 * @throws OptionError
 */
export function q35Devices(texts: readonly string[], taken: readonly number[] = []): Q35Devices {
  const options = texts.map(parseDeviceOption);
  const units = options.filter(({ driver }) => driver === INTEL_IOMMU);
  if (units.length > 1) {
    throw new OptionError(`-device "${units[1]!.text}": a machine has one intel-iommu at most`);
  }
  const places = new Map<number, string>(chipset.map(({ bdf }) => [bdf, "the chipset"]));
  for (const slot of taken) places.set(slot << 3, "a device that is always there (-nodefaults)");
  const endpoints = options
    .filter(({ driver }) => driver !== INTEL_IOMMU)
    .map((option) => endpoint(option, places));
  const unit = units[0] === undefined ? undefined : legalUnit(units[0]);
  return { ...(unit && { unit }), endpoints };
}

function legalUnit(option: DeviceOption): NonNullable<Q35Devices["unit"]> {
  const unit = intelIommuUnit(option);
  try {
    resolveCapabilities(unit);
  } catch (error) {
    if (!(error instanceof CapabilityError)) throw error;
    throw new OptionError(`-device "${option.text}": ${error.message}`);
  }
  return unit;
}

function endpoint(option: DeviceOption, places: Map<number, string>): EndpointDescription {
  const { text, driver } = option;
  const shapes = shapesOf(driver);
  const { addr, bus, multifunction, ...own } = Object.fromEntries(option.properties);
  if (bus !== undefined && bus !== "pcie.0") {
    throw new OptionError(`-device "${text}": bus is "${bus}": there is only pcie.0`);
  }
  if (multifunction !== undefined && multifunction !== "off") {
    throw new OptionError(`-device "${text}": multifunction is "${multifunction}": expected off`);
  }
  const properties = new Map(Object.entries(own));
  const values: Readonly<Record<string, unknown>> = propertyValues(
    { ...option, properties },
    shapes,
  );
  const bdf = addr === undefined ? freePlace(text, places) : placeAt(text, addr, places);
  places.set(bdf, driver);
  return { bdf, ...choice(text, driver as EndpointKind, values) };
}

function choice(
  text: string,
  kind: EndpointKind,
  values: Readonly<Record<string, unknown>>,
): EndpointChoice {
  const count = (name: string): number => Number(values[name]);
  switch (kind) {
    case "iommu-testdev":
      return { kind };
    case "edu":
      return { kind, options: { dmaMask: values["dma_mask"] as bigint } };
    case "dma-engine":
      return {
        kind,
        options: {
          queues: inRange(text, "queues", count("queues"), 8),
          tlbEntries: inRange(text, "tlb-entries", count("tlb-entries"), 1024),
          pageRequestCapacity: inRange(text, "page-requests", count("page-requests"), 4096),
          pasidBits: inRange(text, "pasid-bits", count("pasid-bits"), 20),
        },
      };
  }
}

function inRange(text: string, name: string, value: number, most: number): number {
  if (value >= 1 && value <= most) return value;
  throw new OptionError(`-device "${text}": ${name} is ${value}: expected 1 to ${most}`);
}

function shapesOf(driver: string): PropertyShapes {
  const shapes = deviceProperties(driver);
  if (shapes === undefined) {
    throw new OptionError(`-device "${driver}": there are ${deviceNames.join(", ")}`);
  }
  return shapes;
}

function isEndpoint(driver: string): driver is EndpointKind {
  return (endpointKinds as readonly string[]).includes(driver);
}

function freePlace(text: string, places: ReadonlyMap<number, string>): number {
  for (let slot = 1; slot < 32; slot++) {
    const isTaken = [...places.keys()].some((bdf) => bdf >> 3 === slot);
    if (!isTaken) return slot << 3;
  }
  throw new OptionError(`-device "${text}": no slot is free`);
}

function placeAt(text: string, addr: string, places: ReadonlyMap<number, string>): number {
  const [, slot, fn = "0"] = /^(?:0x)?([01]?[0-9a-f])(?:\.([0-7]))?$/i.exec(addr) ?? [];
  if (slot === undefined) {
    throw new OptionError(
      `-device "${text}": addr is "${addr}": expected SLOT or SLOT.FUNCTION, such as 05.0`,
    );
  }
  const bdf = (Number.parseInt(slot, 16) << 3) | Number(fn);
  const owner = places.get(bdf) ?? places.get(bdf & ~7);
  if (owner !== undefined) {
    throw new OptionError(`-device "${text}": ${formatBdf(bdf)} is taken by ${owner}`);
  }
  if (Number(fn) !== 0) {
    throw new OptionError(
      `-device "${text}": addr is "${addr}": devices here have function 0 alone`,
    );
  }
  return bdf;
}
