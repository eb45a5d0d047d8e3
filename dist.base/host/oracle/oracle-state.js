/** The state after a reset. */
export const RESET_STATE = {
    translationEnabled: false,
    rootTableAddress: 0n,
    interruptRemappingEnabled: false,
};
