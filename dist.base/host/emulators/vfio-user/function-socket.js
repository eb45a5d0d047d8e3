import { createServer } from "node:net";
import { rmSync } from "node:fs";
import { Connection } from "./connection.js";
import { DmaRegions } from "./dma-regions.js";
/** Bytes of the path of a Unix socket that the kernel takes, without its NUL. */
export const LONGEST_PATH = 107;
/** The socket of one function: one client at a time. */
export class FunctionSocket {
    path;
    served;
    /** What the client has lent. */
    dma = new DmaRegions();
    #server;
    #options;
    #connection;
    /** @throws RangeError if the path is longer than a socket's may be. */
    constructor(options) {
        const { path, served } = options;
        const length = Buffer.byteLength(path);
        if (length > LONGEST_PATH) {
            throw new RangeError(`the socket path ${path} has ${length} bytes, at most ${LONGEST_PATH} are possible: ` +
                `choose a folder with a shorter name`);
        }
        this.path = path;
        this.served = served;
        this.#options = options;
        this.#server = createServer((socket) => {
            this.#accept(socket);
        });
    }
    /** The client that has negotiated a version; undefined while there is none. */
    get client() {
        return this.#connection?.ready === true ? this.#connection : undefined;
    }
    async listen() {
        await new Promise((resolve, reject) => {
            this.#server.once("error", reject);
            this.#server.listen(this.path, () => {
                this.#server.off("error", reject);
                resolve();
            });
        });
    }
    /** Ends the client, stops listening and takes the socket away; one of another server stays. */
    async close() {
        if (!this.#server.listening)
            return;
        this.#connection?.close();
        await new Promise((resolve) => {
            this.#server.close(() => {
                resolve();
            });
        });
        rmSync(this.path, { force: true });
    }
    #accept(socket) {
        const { served, dmaLayout, events } = this.#options;
        if (this.#connection !== undefined) {
            socket.destroy();
            events.refused(served, "a second client came to a socket that has one: it was sent away");
            return;
        }
        this.#connection = new Connection({
            socket,
            served,
            dma: this.dma,
            dmaLayout,
            mapped: (region) => {
                events.mapped(served, region);
            },
            refused: (reason) => {
                events.refused(served, reason);
            },
            ended: (reason) => {
                this.#connection = undefined;
                events.disconnected(served, reason);
            },
        });
        events.connected(served);
    }
}
