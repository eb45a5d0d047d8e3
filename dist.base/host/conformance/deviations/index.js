/** Every deviation that is known, of every target. */
export const deviations = [];
