import type { Target } from "../target.js";
/** Targets by the names that `--target` takes. */
export declare const targets: readonly Target[];
export declare const targetNames: readonly string[];
/** The target called that. @throws RangeError naming those that there are */
export declare function targetNamed(name: string): Target;
