import { spawn } from "node:child_process";
/** Ends the process $0 unless a line comes before the end of the input. */
const SCRIPT = 'read -r line; [ -n "$line" ] || kill -9 "$0"';
/**
 * Ends another process when this one is gone, however it went: a shell that waits for the end of a pipe.
 * For programs that cannot be told to do so themselves.
 */
export class Guardian {
    #shell;
    constructor(pid) {
        // In a session of its own: what a terminal sends to this process is not for it.
        this.#shell = spawn("sh", ["-c", SCRIPT, String(pid)], {
            stdio: ["pipe", "ignore", "ignore"],
            detached: true,
        });
        this.#shell.on("error", () => undefined);
        this.#shell.stdin?.on("error", () => undefined);
    }
    /** The process has ended, or may go on. */
    dismiss() {
        this.#shell.stdin?.end("over\n");
    }
}
