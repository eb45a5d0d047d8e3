/** The terminal of a Node process: colours only on a terminal, and as NO_COLOR and FORCE_COLOR say. */
export function processTerminal(node) {
    return {
        out: (text) => void node.stdout.write(text),
        message: (text) => void node.stderr.write(typeof text === "string" ? `${text}\n` : text),
        color: wantsColor(node),
        isTerminal: node.stderr.isTTY === true,
    };
}
function wantsColor(node) {
    const { NO_COLOR, FORCE_COLOR } = node.env;
    if (NO_COLOR !== undefined && NO_COLOR !== "")
        return false;
    if (FORCE_COLOR !== undefined && FORCE_COLOR !== "")
        return FORCE_COLOR !== "0";
    return node.stdout.isTTY;
}
const STYLES = { good: "32", bad: "31", strong: "1", weak: "2" };
/** Text in a style where the terminal shows styles, else the text alone. */
export function styled(terminal, style, text) {
    return terminal.color ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text;
}
