import { header, MULTI_FUNCTION } from "./header.js";
import { EndpointFunction, PciBridge, type PciFunction, type Slot } from "./function.js";

/** Splits a bus:device.function number (16 bits). */
export function splitBdf(bdf: number): { bus: number; slot: Slot } {
  if (!Number.isInteger(bdf) || bdf < 0 || bdf > 0xffff) {
    throw new RangeError(`a function is named by a 16-bit bus:device.function number, got ${bdf}`);
  }
  return { bus: bdf >> 8, slot: { device: (bdf >> 3) & 31, function: bdf & 7 } };
}

/** For messages: 01:02.3. */
export function formatBdf(bdf: number): string {
  const { bus, slot } = splitBdf(bdf);
  const two = (value: number) => value.toString(16).padStart(2, "0");
  return `${two(bus)}:${two(slot.device)}.${slot.function}`;
}

/** The functions of one segment: a tree of bridges, searched by the bus numbers in the bridges. */
export class Topology {
  readonly #root: PciFunction[] = [];

  /** The functions of bus 0, by device and function. */
  get root(): readonly PciFunction[] {
    return this.#root;
  }

  /** The bridge whose secondary bus has this number; undefined for bus 0 and unknown buses. */
  bridgeOf(bus: number): PciBridge | undefined {
    return bus === 0 ? undefined : findBridge(this.#root, bus);
  }

  find(bdf: number): PciFunction | undefined {
    const { bus, slot } = splitBdf(bdf);
    const siblings = bus === 0 ? this.#root : this.bridgeOf(bus)?.children;
    return siblings?.find(
      (other) => other.slot.device === slot.device && other.slot.function === slot.function,
    );
  }

  add(added: PciFunction): void {
    const { device, function: number } = added.slot;
    const siblings = added.parent?.children ?? this.#root;
    if (siblings.some((o) => o.slot.device === device && o.slot.function === number)) {
      throw new Error(`there is a function at ${formatBdf(added.id)} already`);
    }
    if (added.parent && device !== 0) {
      throw new RangeError(`the link below a root port has only device 0, got device ${device}`);
    }
    siblings.push(added);
    siblings.sort((a, b) => a.slot.device - b.slot.device || a.slot.function - b.slot.function);
    markMultiFunction(siblings.filter((other) => other.slot.device === device));
  }

  /** Takes a function out, with everything below it; answers what was removed. */
  remove(bdf: number): PciFunction[] {
    const target = this.find(bdf);
    if (!target) return [];
    const siblings = target.parent?.children ?? this.#root;
    siblings.splice(siblings.indexOf(target), 1);
    const removed = withDescendants(target);
    for (const each of removed) each.removed = true;
    return removed;
  }

  /** All endpoints, in order of the tree. */
  endpoints(): EndpointFunction[] {
    return this.#root
      .flatMap(withDescendants)
      .filter((each): each is EndpointFunction => each instanceof EndpointFunction);
  }
}

function markMultiFunction(functions: readonly PciFunction[]): void {
  if (functions.length < 2) return;
  for (const each of functions) {
    const type = each.config.get(header.headerType, 1);
    each.config.define({ at: header.headerType, size: 1, value: type | MULTI_FUNCTION });
  }
}

function findBridge(functions: readonly PciFunction[], bus: number): PciBridge | undefined {
  for (const each of functions) {
    if (!(each instanceof PciBridge)) continue;
    if (each.secondary === bus) return each;
    if (each.secondary < bus && bus <= each.subordinate) return findBridge(each.children, bus);
  }
  return undefined;
}

function withDescendants(top: PciFunction): PciFunction[] {
  const below = top instanceof PciBridge ? top.children.flatMap(withDescendants) : [];
  return [top, ...below];
}
