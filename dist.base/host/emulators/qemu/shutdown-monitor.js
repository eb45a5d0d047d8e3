import { createServer } from "node:net";
const LONGEST_LINE = 1 << 20;
/** The monitor connection (QMP) of one QEMU, which tells no more than how its guest ended. */
export class ShutdownMonitor {
    #path;
    #server;
    #socket;
    #ended = Promise.resolve();
    #reason;
    constructor(path) {
        this.#path = path;
        this.#server = createServer((socket) => {
            this.#accept(socket);
        });
    }
    /** How the guest of a QEMU that has ended did so; undefined if QEMU did not tell. */
    async finalReason() {
        await this.#ended;
        return this.#reason;
    }
    /** QEMU has come. */
    get connected() {
        return this.#socket !== undefined;
    }
    async listen() {
        await new Promise((resolve, reject) => {
            this.#server.once("error", reject);
            this.#server.listen(this.#path, resolve);
        });
    }
    async close() {
        this.#socket?.destroy();
        await new Promise((resolve) => {
            this.#server.close(() => {
                resolve();
            });
        });
    }
    #accept(socket) {
        if (this.#socket !== undefined) {
            socket.destroy();
            return;
        }
        this.#socket = socket;
        this.#ended = new Promise((resolve) => {
            socket.once("close", () => {
                resolve();
            });
        });
        socket.on("error", () => undefined);
        socket.write('{"execute":"qmp_capabilities"}\n');
        let text = "";
        socket.setEncoding("utf8").on("data", (chunk) => {
            const lines = (text + chunk).split("\n");
            text = lines.pop() ?? "";
            for (const line of lines)
                this.#take(line);
            if (text.length > LONGEST_LINE)
                socket.destroy();
        });
    }
    #take(line) {
        const { event, data } = parsed(line);
        if (event === "SHUTDOWN")
            this.#reason = String(data?.reason);
    }
}
function parsed(line) {
    try {
        return JSON.parse(line);
    }
    catch {
        return {};
    }
}
