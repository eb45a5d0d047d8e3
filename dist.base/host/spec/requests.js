/**
 * What a device sends to a remapping unit, and what the unit answers (VT-d 5.10 §3, §4, §7).
 * Types only. The unit, the oracle, the devices and the decoders share them.
 */
export {};
