/** Words read to find each of a number of devices by its source-id, and what the structure takes. */
export interface LookupFigures {
  readonly structure: string;
  readonly devices: number;
  /** Nodes, buckets or places that a lookup reads: mean over all devices. */
  readonly meanReads: number;
  readonly mostReads: number;
  readonly bytes: number;
}

/** A map from source-ids to devices that counts what its lookups read. */
interface Structure {
  readonly bytes: number;
  insert(sourceId: number): void;
  /** Places read until the source-id is found. */
  reads(sourceId: number): number;
}

const POINTER = 8;

class List implements Structure {
  readonly #ids: number[] = [];

  get bytes(): number {
    return 2 * POINTER * this.#ids.length;
  }

  insert(sourceId: number): void {
    this.#ids.push(sourceId);
  }

  reads(sourceId: number): number {
    return this.#ids.indexOf(sourceId) + 1;
  }
}

interface Node {
  readonly sourceId: number;
  left: Node | undefined;
  right: Node | undefined;
  red: boolean;
}

/** A left-leaning red-black tree. */
class Tree implements Structure {
  #root: Node | undefined;
  #nodes = 0;

  /** Parent with colour, left, right. */
  get bytes(): number {
    return 3 * POINTER * this.#nodes;
  }

  insert(sourceId: number): void {
    this.#root = this.#add(this.#root, sourceId);
    this.#root.red = false;
  }

  reads(sourceId: number): number {
    let reads = 0;
    for (let node = this.#root; node; node = sourceId < node.sourceId ? node.left : node.right) {
      reads += 1;
      if (node.sourceId === sourceId) break;
    }
    return reads;
  }

  #add(node: Node | undefined, sourceId: number): Node {
    if (node === undefined) {
      this.#nodes += 1;
      return { sourceId, left: undefined, right: undefined, red: true };
    }
    if (sourceId < node.sourceId) node.left = this.#add(node.left, sourceId);
    else node.right = this.#add(node.right, sourceId);
    let top = node;
    if (top.right?.red === true && top.left?.red !== true) top = rotate(top, "right", "left");
    if (top.left?.red === true && top.left.left?.red === true) top = rotate(top, "left", "right");
    if (top.left?.red === true && top.right?.red === true) {
      top.red = true;
      top.left.red = false;
      top.right.red = false;
    }
    return top;
  }
}

function rotate(node: Node, up: "left" | "right", down: "left" | "right"): Node {
  const top = node[up]!;
  node[up] = top[down];
  top[down] = node;
  top.red = node.red;
  node.red = true;
  return top;
}

/** Buckets in a power of two, at most one device a bucket in the mean, with chains. */
class HashMap implements Structure {
  #buckets: number[][] = [[]];
  #count = 0;

  get bytes(): number {
    return POINTER * this.#buckets.length + 2 * POINTER * this.#count;
  }

  insert(sourceId: number): void {
    this.#count += 1;
    if (this.#count > this.#buckets.length) {
      const ids = this.#buckets.flat();
      this.#buckets = Array.from({ length: 2 * this.#buckets.length }, () => []);
      for (const id of ids) this.#bucket(id).push(id);
    }
    this.#bucket(sourceId).push(sourceId);
  }

  reads(sourceId: number): number {
    return 1 + this.#bucket(sourceId).indexOf(sourceId) + 1;
  }

  #bucket(sourceId: number): number[] {
    const hash = Math.imul(sourceId, 0x9e37_79b1) >>> 0;
    return this.#buckets[Math.floor(hash / (2 ** 32 / this.#buckets.length))]!;
  }
}

/** A place of four bytes for each source-id that there can be. */
class DirectTable implements Structure {
  readonly bytes = 4 * 2 ** 16;

  insert(): void {
    return;
  }

  reads(): number {
    return 1;
  }
}

const structures: Readonly<Record<string, () => Structure>> = {
  list: () => new List(),
  "red-black tree": () => new Tree(),
  "hash map": () => new HashMap(),
  "direct table": () => new DirectTable(),
};

const DEVICES = [1, 16, 256, 4096];
/** Functions of a bus, and buses: devices are found in the order of their source-ids. */
const FIRST = 0x0010;

/** Looks every device up once, in structures of 1 to 4,096 of them. */
export function lookupFigures(): LookupFigures[] {
  return Object.entries(structures).flatMap(([structure, make]) =>
    DEVICES.map((devices) => figuresOf(structure, make(), devices)),
  );
}

function figuresOf(structure: string, map: Structure, devices: number): LookupFigures {
  const ids = Array.from({ length: devices }, (_, index) => FIRST + 8 * index);
  for (const id of ids) map.insert(id);
  const reads = ids.map((id) => map.reads(id));
  const total = reads.reduce((sum, each) => sum + each, 0);
  return {
    ...{ structure, devices },
    meanReads: Number((total / devices).toFixed(2)),
    mostReads: Math.max(...reads),
    bytes: map.bytes,
  };
}
