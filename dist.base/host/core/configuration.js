import { at } from "./layout.js";
import { registerImage } from "./register-image.js";
const defaultSizes = {
    context: 256,
    pasid: 512,
    iotlb: 1024,
    firstStagePaging: 256,
    secondStagePaging: 256,
    interruptEntry: 256,
};
const LARGEST_CACHE = 1 << 20;
function cacheSize(name, sizes) {
    const size = sizes[name] ?? defaultSizes[name];
    if (!Number.isInteger(size) || size < 1 || size > LARGEST_CACHE || (size & (size - 1)) !== 0) {
        throw new RangeError(`caches.${name} is ${size}: expected a power of two, 1 to ${LARGEST_CACHE}`);
    }
    return size;
}
/** Bytes of an entry of each cache, an upper bound for the room that the state needs. */
const LARGEST_ENTRY = 64;
/** A cache has room for one set at least (assembly/cache.ts). */
const SET_ENTRIES = 4;
/** An upper bound for the end of the state, before `configure` tells it exactly. */
export function stateBound(sizes = {}) {
    const names = Object.keys(defaultSizes);
    const entries = names.reduce((sum, name) => sum + Math.max(cacheSize(name, sizes), SET_ENTRIES), 0);
    return at("CACHES") + entries * LARGEST_ENTRY;
}
/** Writes the configuration block and the register tables; the core's `configure` comes next. */
export function writeConfiguration(memory, options) {
    const view = new DataView(memory.buffer);
    const config = at("CONFIG");
    const set32 = (field, value) => view.setUint32(config + at(`CONFIG_${field}`), value, true);
    const set64 = (field, value) => view.setBigUint64(config + at(`CONFIG_${field}`), value, true);
    const { capabilities } = options;
    const sizes = options.caches ?? {};
    set32("VERSION", capabilities.version);
    set32("HOST_ADDRESS_WIDTH", capabilities.hostAddressWidth);
    set64("CAP", capabilities.cap);
    set64("ECAP", capabilities.ecap);
    set32("REGISTER_BYTES", capabilities.registerBytes);
    set32("FAULT_COLLAPSE", options.faultCollapse ? 1 : 0);
    set32("REPORT_WRITES", options.reportWrites ? 1 : 0);
    set32("TRACE", options.trace ? 1 : 0);
    set64("INVALIDATION_TIMEOUT", options.invalidationTimeout);
    set32("CONTEXT_ENTRIES", cacheSize("context", sizes));
    set32("PASID_ENTRIES", cacheSize("pasid", sizes));
    set32("IOTLB_ENTRIES", cacheSize("iotlb", sizes));
    set32("FIRST_STAGE_PAGING_ENTRIES", cacheSize("firstStagePaging", sizes));
    set32("SECOND_STAGE_PAGING_ENTRIES", cacheSize("secondStagePaging", sizes));
    set32("INTERRUPT_ENTRIES", cacheSize("interruptEntry", sizes));
    const image = registerImage(capabilities);
    const table = (name, words) => words.forEach((word, index) => view.setUint32(at(name) + 4 * index, word, true));
    table("REGISTER_RW", image.readWrite);
    table("REGISTER_RW1C", image.writeOneToClear);
    table("REGISTER_RESET", image.reset);
    table("REGISTER_STICKY", image.sticky);
    table("REGISTER_WIDTH", image.width);
}
