import { corePortTarget, coreTarget, oracleTarget } from "./in-process.js";
/** Targets by the names that `--target` takes. */
export const targets = [corePortTarget, coreTarget, oracleTarget];
export const targetNames = targets.map(({ name }) => name);
/** The target called that. @throws RangeError naming those that there are */
export function targetNamed(name) {
    const found = targets.find((target) => target.name === name);
    if (found !== undefined)
        return found;
    throw new RangeError(`no target "${name}"; there are ${targetNames.join(", ")}`);
}
