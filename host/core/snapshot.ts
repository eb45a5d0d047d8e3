import { checksum } from "./checksum.js";
import type { Core } from "./core.js";
import { ABI_VERSION, at } from "./layout.js";
import { SnapshotError } from "./snapshot-error.js";

/** "VIOM", the version of the state block, its length and its checksum, ahead of a copy of it. */
const MAGIC = 0x4d4f4956;
const HEADER = 16;

export function makeSnapshot(core: Core): Uint8Array<ArrayBuffer> {
  const state = core.copyState();
  const snapshot = new Uint8Array(HEADER + state.length);
  const header = new DataView(snapshot.buffer);
  header.setUint32(0, MAGIC, true);
  header.setUint32(4, ABI_VERSION, true);
  header.setUint32(8, state.length, true);
  header.setUint32(12, checksum(state), true);
  snapshot.set(state, HEADER);
  return snapshot;
}

/** The state block of a snapshot, if the unit `core` can go on from it. */
export function checkSnapshot(snapshot: Uint8Array, core: Core): Uint8Array {
  const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
  if (snapshot.length < HEADER || view.getUint32(0, true) !== MAGIC) {
    throw new SnapshotError("this is no snapshot of a viommu unit");
  }
  const version = view.getUint32(4, true);
  if (version !== ABI_VERSION) {
    throw new SnapshotError(
      `the snapshot has state version ${version}, this unit has ${ABI_VERSION}: take it anew`,
    );
  }
  const state = snapshot.subarray(HEADER);
  if (state.length !== view.getUint32(8, true)) {
    throw new SnapshotError(
      `the snapshot has ${state.length} bytes of state, its header says ${view.getUint32(8, true)}`,
    );
  }
  if (checksum(state) !== view.getUint32(12, true)) {
    throw new SnapshotError("the snapshot is damaged: its checksum is another");
  }
  const own = core.state;
  const config = at("CONFIG") - at("STATE_START");
  const same = own
    .subarray(config, config + at("CONFIG_SIZE"))
    .every((byte, index) => byte === state[config + index]);
  if (own.length !== state.length || !same) {
    throw new SnapshotError(
      "the snapshot is of a unit with other capabilities, caches or options: restore it with the same",
    );
  }
  return state;
}
