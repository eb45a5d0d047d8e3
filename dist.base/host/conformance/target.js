/** The target has no unit like that; the message says why. Cases that want one are skipped. */
export class TargetRefusal extends Error {
    name = "TargetRefusal";
}
/** The target is not installed, or cannot run here; the message says how to get it. */
export class TargetUnavailable extends Error {
    name = "TargetUnavailable";
}
