/** Offsets of the configuration header. */
export const header = {
    vendor: 0x00,
    device: 0x02,
    command: 0x04,
    status: 0x06,
    classRevision: 0x08,
    headerType: 0x0e,
    bar0: 0x10,
    primaryBus: 0x18,
    secondaryBus: 0x19,
    subordinateBus: 0x1a,
    memoryBase: 0x20,
    memoryLimit: 0x22,
    interruptLine: 0x3c,
    interruptPin: 0x3d,
    bridgeControl: 0x3e,
};
export const command = { memorySpace: 1 << 1, busMaster: 1 << 2 };
export const MULTI_FUNCTION = 0x80;
export const SECONDARY_BUS_RESET = 1 << 6;
/** I/O space, memory space, bus master, parity response, SERR, INTx disable. */
const COMMAND_WRITABLE = 0x0547;
const STATUS_ERRORS = 0xf900;
function defineCommon(config, identity, type) {
    config.define({ at: header.vendor, size: 2, value: identity.vendor });
    config.define({ at: header.device, size: 2, value: identity.device });
    config.define({ at: header.command, size: 2, value: 0, writable: COMMAND_WRITABLE });
    config.define({ at: header.status, size: 2, value: 0, writeOneToClear: STATUS_ERRORS });
    const classRevision = (identity.classCode << 8) | identity.revision;
    config.define({ at: header.classRevision, size: 4, value: classRevision });
    config.define({ at: 0x0c, size: 1, value: 0, writable: 0xff });
    config.define({ at: header.headerType, size: 1, value: type });
    config.define({ at: header.interruptLine, size: 1, value: 0, writable: 0xff });
}
/** The type 0 header of an endpoint, without its base address registers. */
export function defineEndpointHeader(config, identity) {
    defineCommon(config, identity, 0);
    const { subsystem = identity, interruptPin = 0 } = identity;
    config.define({ at: 0x2c, size: 2, value: subsystem.vendor });
    config.define({ at: 0x2e, size: 2, value: subsystem.device });
    config.define({ at: header.interruptPin, size: 1, value: interruptPin });
}
/** The type 1 header of a bridge: one memory window, no I/O and no prefetchable window. */
export function defineBridgeHeader(config, identity) {
    defineCommon(config, identity, 1);
    for (const at of [header.primaryBus, header.secondaryBus, header.subordinateBus]) {
        config.define({ at, size: 1, value: 0, writable: 0xff });
    }
    config.define({ at: 0x1e, size: 2, value: 0, writeOneToClear: STATUS_ERRORS });
    config.define({ at: header.memoryBase, size: 2, value: 0, writable: 0xfff0 });
    config.define({ at: header.memoryLimit, size: 2, value: 0, writable: 0xfff0 });
    config.define({ at: header.bridgeControl, size: 2, value: 0, writable: 0x0043 });
}
