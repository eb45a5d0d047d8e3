export function isDone(step) {
    return typeof step === "object";
}
