import { MOST_DMA_REGIONS } from "./dma-regions.js";
import { command, commandName } from "./protocol/command.js";
import { dmaReadData, dmaRequest } from "./protocol/dma-messages.js";
import { errno, errnoName } from "./protocol/errno.js";
import { encodeMessage, flag } from "./protocol/header.js";
import { MessageStream } from "./protocol/message-stream.js";
import { ProtocolError } from "./protocol/protocol-error.js";
import { deviceInfoReply, irqInfoReply, regionInfoReply, versionReply, } from "./protocol/replies.js";
import { ACCESS_BYTES, decodeRequest, RequestError, } from "./protocol/requests.js";
/** Bytes of data in one message, of either side. */
const LARGEST_TRANSFER = 1 << 20;
const IDS = 1 << 16;
/**
 * One client at one function. Requests are answered at once and in order; whatever breaks the
 * protocol ends this connection with a reason, and touches no other.
 */
export class Connection {
    #options;
    #stream = new MessageStream(LARGEST_TRANSFER);
    #waiting = new Map();
    #nextId = 0;
    #negotiated = false;
    #open = true;
    constructor(options) {
        this.#options = options;
        const { socket } = options;
        socket.on("data", (chunk) => {
            this.#receive(chunk);
        });
        socket.on("error", (error) => {
            this.#end(`the socket failed: ${error.message}`);
        });
        socket.on("close", () => {
            const { pending } = this.#stream;
            this.#end(pending === 0 ? undefined : `the client went away inside a message`);
        });
    }
    /** Whether the client has negotiated a version and is there. */
    get ready() {
        return this.#open && this.#negotiated;
    }
    /** Ends the connection; DMA that waits for a reply has failed. */
    close() {
        this.#end("closed by the server");
    }
    /**
     * Writes guest memory, or raises an MSI, by a message. False if the client refuses. Never to be awaited
     * inside of a request of the client: it answers only when it has our reply.
     */
    async dmaWrite(address, data) {
        const body = dmaRequest(this.#options.dmaLayout, address, data.length, data);
        const reply = await this.#request(command.dmaWrite, body);
        return reply?.errno === 0;
    }
    /** Reads guest memory by a message; undefined if the client refuses. See `dmaWrite`. */
    async dmaRead(address, count) {
        const { dmaLayout } = this.#options;
        const reply = await this.#request(command.dmaRead, dmaRequest(dmaLayout, address, count));
        return reply?.errno === 0 ? dmaReadData(dmaLayout, reply.body, count) : undefined;
    }
    #request(code, body) {
        if (!this.ready)
            return Promise.resolve(undefined);
        const id = this.#freeId();
        this.#send(encodeMessage({ id, command: code, flags: 0 }, body));
        return new Promise((answer) => this.#waiting.set(id, { answer }));
    }
    #freeId() {
        if (this.#waiting.size >= IDS)
            throw new Error(`${IDS} DMA messages wait for replies`);
        do
            this.#nextId = (this.#nextId + 1) % IDS;
        while (this.#waiting.has(this.#nextId));
        return this.#nextId;
    }
    #receive(chunk) {
        if (!this.#open)
            return;
        try {
            for (const message of this.#stream.push(chunk)) {
                if (!this.#open)
                    return;
                if (message.kind === "reply")
                    this.#reply(message);
                else
                    this.#serve(message);
            }
        }
        catch (error) {
            if (!(error instanceof ProtocolError))
                throw error;
            this.#end(error.message);
        }
    }
    #reply(message) {
        const { id } = message;
        const waiting = this.#waiting.get(id);
        if (waiting === undefined) {
            throw new ProtocolError(`a reply to ${commandName(message.command)} ${id}, never sent`);
        }
        this.#waiting.delete(id);
        waiting.answer(message);
    }
    #serve({ id, command: code, noReply, body }) {
        let answer = new Uint8Array();
        let failure = 0;
        try {
            if (!this.#negotiated && code !== command.version) {
                throw new ProtocolError(`${commandName(code)} came before the version was negotiated`);
            }
            answer = this.#answer(decodeRequest(code, body), body);
        }
        catch (error) {
            if (!(error instanceof RequestError))
                throw error;
            failure = error.errno;
            this.#options.refused?.(`${error.message} (${errnoName(failure)})`);
        }
        // A reply to a posted write would be taken for the reply to something else.
        if (noReply)
            return;
        const flags = failure === 0 ? flag.reply : flag.reply | flag.error;
        const reply = { id, command: code, flags, errno: failure };
        this.#send(encodeMessage(reply, failure === 0 ? answer : new Uint8Array()));
    }
    #answer(request, body) {
        const { served, dma, mapped } = this.#options;
        switch (request.kind) {
            case "version":
                return this.#negotiate(request.major, request.minor);
            case "dmaMap":
                mapped?.(dma.map(request.map));
                return new Uint8Array();
            case "dmaUnmap":
                dma.unmap(request.range);
                return body;
            case "deviceGetInfo":
                return deviceInfoReply(request.argsz);
            case "deviceGetRegionInfo":
                return regionInfoReply(request.argsz, request.index, served.regionSize(request.index));
            case "deviceGetIrqInfo":
                return irqInfoReply(request.argsz, request.index, served.irqCount(request.index));
            case "deviceSetIrqs":
                // Interrupts are DMA writes: what the client would be told through an eventfd it sees anyway.
                return new Uint8Array();
            case "regionRead":
                return this.#read(request.access, body);
            case "regionWrite":
                served.write(request.access.region, this.#place(request.access), request.data);
                return body.subarray(0, ACCESS_BYTES);
            case "deviceReset":
                served.reset();
                return new Uint8Array();
        }
    }
    #negotiate(major, minor) {
        if (this.#negotiated)
            throw new ProtocolError("the version was negotiated already");
        if (major !== 0) {
            throw new ProtocolError(`the client speaks version ${major}.${minor}, this server 0.0`);
        }
        this.#negotiated = true;
        return versionReply({
            max_msg_fds: 8,
            max_data_xfer_size: LARGEST_TRANSFER,
            pgsizes: 4096,
            max_dma_maps: MOST_DMA_REGIONS,
            write_multiple: false,
        });
    }
    #read(access, body) {
        const offset = this.#place(access);
        const data = this.#options.served.read(access.region, offset, access.count);
        const reply = new Uint8Array(ACCESS_BYTES + data.length);
        reply.set(body.subarray(0, ACCESS_BYTES));
        reply.set(data, ACCESS_BYTES);
        return reply;
    }
    /** The offset of an access that lies inside its region. */
    #place({ region, offset, count }) {
        const size = this.#options.served.regionSize(region);
        if (count > LARGEST_TRANSFER || offset + BigInt(count) > BigInt(size)) {
            throw new RequestError(errno.EINVAL, `${count} bytes at 0x${offset.toString(16)} lie outside region ${region} of ${size} bytes`);
        }
        return Number(offset);
    }
    #send(bytes) {
        if (this.#open)
            this.#options.socket.write(bytes);
    }
    #end(reason) {
        if (!this.#open)
            return;
        this.#open = false;
        this.#options.socket.destroy();
        this.#options.dma.clear();
        for (const { answer } of this.#waiting.values())
            answer(undefined);
        this.#waiting.clear();
        this.#options.ended(reason);
    }
}
