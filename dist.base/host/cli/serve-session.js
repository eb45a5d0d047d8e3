import { servedArguments } from "../emulators/qemu/machine-arguments.js";
import { RunFolder } from "../emulators/qemu/run-folder.js";
import { VfioUserServer, } from "../emulators/vfio-user/index.js";
import { hex } from "./numbers.js";
/**
 * Serves until it is stopped, or its clients are gone. Sockets and files are gone afterwards.
 * @throws QemuError, RangeError if a file or a socket cannot be made; Error of node:net if one cannot listen.
 */
export async function serve(options, listener) {
    const { directory, memoryMib, unit, endpoints, dmaLayout } = options;
    const ramBytes = memoryMib * 2 ** 20;
    const folder = directory === undefined ? RunFolder.create(ramBytes) : RunFolder.at(directory, ramBytes);
    try {
        const server = await VfioUserServer.start({
            unit,
            directory: folder.path,
            ramFile: folder.ramFile,
            dmaLayout,
            ...(endpoints !== undefined && { endpoints }),
        });
        try {
            folder.adopt(server.functions.map(({ socket }) => socket));
            const parts = {
                memoryMib,
                ramFile: folder.ramFile,
                dmarFile: folder.write("dmar.bin", server.dmar),
                functions: server.functions,
                fiveLevels: server.iommu.capabilities.values["FS5LP"] === 1,
            };
            const ending = endingOf(server, options, listener);
            listener.serving({ directory: folder.path, ...parts, arguments: servedArguments(parts) });
            return await ending;
        }
        finally {
            await server.close();
        }
    }
    finally {
        folder.remove();
    }
}
async function endingOf(server, { untilDisconnected, signal }, listener) {
    let clients = 0;
    let broken = false;
    const wrong = (what) => {
        broken = true;
        listener.told(what);
    };
    const unsubscribe = [];
    const ending = new Promise((resolve) => {
        unsubscribe.push(server.on("connected", (name) => {
            clients++;
            listener.told(`${name}: a client has come`);
        }), server.on("disconnected", ({ name, reason }) => {
            clients--;
            if (reason === undefined)
                listener.told(`${name}: its client is gone`);
            else
                wrong(`${name}: its client is lost: ${reason}`);
            if (untilDisconnected && clients === 0)
                resolve(broken ? "broken" : "gone");
        }));
        signal.addEventListener("abort", () => {
            resolve("stopped");
        });
        if (signal.aborted)
            resolve("stopped");
    });
    unsubscribe.push(server.on("refused", (reason) => {
        listener.told(`refused: ${reason}`);
    }), server.on("lostInterrupt", ({ address, data }) => {
        listener.told(`an interrupt is lost, no client took it: data ${hex(data)} to ${hex(address)}`);
    }), server.on("misplaced", wrong), server.on("unshared", wrong));
    try {
        return await ending;
    }
    finally {
        for (const off of unsubscribe)
            off();
    }
}
